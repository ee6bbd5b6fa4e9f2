import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  type AvatarAdapter,
  type AvatarControl,
  type AvatarInput,
  type AvatarOutput,
  type AvatarSpeech,
  type AvatarText,
  type EmotionControl,
  type PictureCodec,
  type PictureFrame,
  neutralControls,
  sampleRateHz,
  samplesToUs,
} from '@tth/core/plugin';
import { beginningIn, spreadWords, toneAt } from '../tone.ts';
import type { Call, Opened, Subject } from './check.ts';

/** What a face is shown: words, how long they are spoken, with which controls and which feeling. */
export interface Showing {
  readonly words?: string;
  readonly totalMs?: number;
  readonly control?: Partial<AvatarControl>;
  readonly emotion?: EmotionControl;
}

export interface AvatarSubject extends Subject<AvatarAdapter, AvatarOutput> {
  readonly codec: PictureCodec;
  show(showing?: Showing): Call<AvatarOutput>;
}

/** How long the long words are spoken. */
export const speechMs = 1_330;
const shortMs = 400;
const chunkSamples = (sampleRateHz * 40) / 1000;
const happy: EmotionControl = { label: 'happy', intensity: 0.5 };

export const isInterCoded = (codec: PictureCodec): boolean => codec === 'h264' || codec === 'vp8';

/** Two sentences of a tone, as the engine hands speech to a face: 40 ms at a time. */
async function* speech(
  text: string,
  totalMs: number,
  emotion: EmotionControl,
): AsyncGenerator<AvatarSpeech, void> {
  const total = Math.round((totalMs * sampleRateHz) / 1000);
  const words = spreadWords(text, samplesToUs(total));
  for (let at = 0; at < total; at += chunkSamples) {
    const samples = Math.min(chunkSamples, total - at);
    const ptsUs = samplesToUs(at);
    const endUs = samplesToUs(at + samples);
    const spoken = beginningIn(words, ptsUs, endUs);
    yield {
      sentence: at < total / 2 ? 0 : 1,
      sentenceEnd: at + samples === total,
      ptsUs,
      durationUs: endUs - ptsUs,
      pcm: toneAt(at, samples),
      words: spoken,
      phonemes: spoken.map((word) => ({ ...word, ipa: 'ɑ' })),
      emotion,
    };
  }
}

async function* sentences(
  text: string,
  totalMs: number,
  emotion: EmotionControl,
): AsyncGenerator<AvatarText, void> {
  if (totalMs === 0) return;
  yield { sentence: 0, text, emotion };
  yield { sentence: 1, text: 'And now good night.', emotion };
}

const { personaId: _, ...character } = neutralControls.character;

export const picturesOf = (items: readonly AvatarOutput[]): PictureFrame[] =>
  items.flatMap((item) => (item.type === 'picture' ? [item.frame] : []));

/** How much sound a face gave that speaks by itself. */
export const soundMs = (items: readonly AvatarOutput[]): number =>
  items.reduce((sum, item) => (item.type === 'audio' ? sum + samplesToUs(item.pcm.length) / 1000 : sum), 0);

/** A face as the checks see it, with pictures of one codec. */
export const avatarSubject = (given: Opened<AvatarAdapter>, codec: PictureCodec): AvatarSubject => {
  const { adapter } = given.started;
  const words = { long: 'Hello there, it is good to see you.', short: 'Hello.' };
  const controlOf = (more: Partial<AvatarControl> = {}): AvatarControl => ({
    ...neutralControls.render,
    widthPx: 128,
    heightPx: 128,
    codec,
    character,
    takeKeyFrameRequest: () => false,
    ...more,
  });
  const inputOf = (text: string, totalMs: number, emotion = happy): AvatarInput =>
    adapter.capabilities().input === 'audio'
      ? { kind: 'audio', speech: speech(text, totalMs, emotion) }
      : { kind: 'text', sentences: sentences(text, totalMs, emotion) };
  const lengthOf = (text: string): number => (text === words.short ? shortMs : speechMs);

  return {
    ...given,
    stage: 'avatar',
    codec,
    show:
      ({ words: text = words.long, totalMs = lengthOf(text), control, emotion } = {}) =>
      (context) =>
        adapter.inferStream(inputOf(text, totalMs, emotion), controlOf(control), context),
    say:
      (text, from = adapter) =>
      (context) =>
        from.inferStream(inputOf(text, lengthOf(text)), controlOf(), context),
    words,
    batch: (text, context) => adapter.inferBatch(inputOf(text, lengthOf(text)), controlOf(), context),
    contentOf: (items) => {
      const pictures = createHash('sha256');
      for (const { data } of picturesOf(items)) pictures.update(data);
      const times = picturesOf(items).map(({ ptsUs, durationUs, key }) => [ptsUs, durationUs, key]);
      return JSON.stringify([times, pictures.digest('hex'), soundMs(items)]);
    },
    assertAlike: (one, other) => {
      assert(picturesOf(one).length > 0, 'There are no pictures.');
      assert.deepEqual(
        picturesOf(one).map(({ ptsUs }) => ptsUs),
        picturesOf(other).map(({ ptsUs }) => ptsUs),
        'The same speech is shown at other times.',
      );
    },
  };
};
