import { from, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type EmotionControl, neutralControls } from '../domain/controls.ts';
import { defaultPolicies } from '../domain/policies.ts';
import { controlStage } from './control.stage.ts';
import type { Sentence } from './signals.ts';
import type { ReplyPiece } from './style-hints.ts';

const { prosody } = defaultPolicies;
const text = (written: string): ReplyPiece => ({ type: 'text', text: written });
const hint = (emotion: EmotionControl): ReplyPiece => ({ type: 'hint', emotion });

const sentencesOf = async (...pieces: ReplyPiece[]): Promise<Sentence[]> =>
  new Promise((resolve, reject) => {
    const controlsFor = (emotion: EmotionControl | undefined) => ({
      ...neutralControls,
      emotion: emotion ?? neutralControls.emotion,
    });
    from(pieces)
      .pipe(controlStage({ language: 'en-US', controlsFor, prosody }), toArray())
      .subscribe({ next: resolve, error: reject });
  });

describe('the control stage', () => {
  it('numbers what can be spoken and leaves out code, pictures and marks', async () => {
    const sentences = await sentencesOf(
      text('Run this:\n```sh\nnpm start. Now\n```\n👍\n---\nThat *is* it, at $5.'),
    );

    expect(sentences.map((each) => [each.sentence, each.text])).toEqual([
      [0, 'Run this:'],
      [1, 'That is it, at $5.'],
    ]);
    expect(sentences[1]).toMatchObject({ emphasis: ['is'], contour: 'statement' });
  });

  it('pauses for the widest gap there is between two sentences, whatever was left out in it', async () => {
    const sentences = await sentencesOf(text('One.\n\n👍 \nTwo. Three?\nFour. '), text('Five.'));

    expect(sentences.map((each) => each.pauseBeforeMs)).toEqual([
      0,
      prosody.paragraphPauseMs,
      prosody.sentencePauseMs,
      prosody.linePauseMs,
      prosody.sentencePauseMs,
    ]);
  });

  it('lets a feeling that takes the place of another set in gently', async () => {
    const sentences = await sentencesOf(
      hint({ label: 'happy', intensity: 1 }),
      text('So good. '),
      hint({ label: 'sad', intensity: 1 }),
      text('Oh no. It is gone.'),
    );

    expect(sentences.map((each) => each.controls.emotion)).toEqual([
      { label: 'happy', intensity: 1 },
      { label: 'sad', intensity: prosody.emotionOnset },
      { label: 'sad', intensity: 1 },
    ]);
  });

  it('drops the sentence in which a reply broke off', async () => {
    const sentences = await sentencesOf(text('All is well. Almost al'), { type: 'cut' });

    expect(sentences.map((each) => each.text)).toEqual(['All is well.']);
  });
});
