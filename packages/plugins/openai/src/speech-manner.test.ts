import { type SpeechControl, emotionLabels, neutralControls } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { feelingWords, instructionsFor, languageName } from './speech-manner.ts';

const { personaId: _, ...character } = neutralControls.character;
const control = (more: Partial<SpeechControl> = {}): SpeechControl => ({
  ...character,
  language: 'en',
  emotion: neutralControls.emotion,
  ...more,
});

describe('instructions for a voice', () => {
  it.each(emotionLabels.filter((label) => label !== 'neutral'))('have words of their own for %s', (label) => {
    expect(instructionsFor(control({ emotion: { label, intensity: 0.5 } }))).toBe(
      `Tone: moderately ${feelingWords[label]}. Language: English.`,
    );
    expect(Object.values(feelingWords).filter((words) => words === feelingWords[label])).toHaveLength(1);
  });

  it.each([
    [0, ''],
    [0.05, ''],
    [0.2, 'Tone: slightly sad, subdued. '],
    [0.5, 'Tone: moderately sad, subdued. '],
    [0.9, 'Tone: strongly sad, subdued. '],
    [1, 'Tone: strongly sad, subdued. '],
  ])('tell an intensity of %f', (intensity, tone) => {
    expect(instructionsFor(control({ emotion: { label: 'sad', intensity } }))).toBe(
      `${tone}Language: English.`,
    );
  });

  it.each([
    [0.75, 'Pitch: much lower than usual. '],
    [0.9, 'Pitch: a little lower than usual. '],
    [1, ''],
    [1.2, 'Pitch: a little higher than usual. '],
    [1.33, 'Pitch: much higher than usual. '],
  ])('tell a pitch of %f', (pitch, words) => {
    expect(instructionsFor(control({ pitch }))).toBe(`${words}Language: English.`);
  });

  it('say nothing of a neutral feeling, and pass a style on as it is', () => {
    expect(instructionsFor(control({ style: 'like a whisper' }))).toBe(
      'Language: English. Style: like a whisper.',
    );
  });

  it.each([
    ['de-AT', 'Austrian German'],
    ['en-US', 'American English'],
    ['zh', 'Chinese'],
    ['not a tag', undefined],
  ])('name the language %s', (tag, name) => {
    expect(languageName(tag)).toBe(name);
  });
});
