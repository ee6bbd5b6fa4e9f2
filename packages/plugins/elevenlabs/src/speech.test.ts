import { type SpeechOutput, samplesToUs } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { speak } from '../test/fake-speech.ts';
import { toSpeech } from './speech.ts';
import type { Alignment, Frame } from './wire.ts';

const never = new AbortController().signal;
const text = 'The quick brown fox jumps over the lazy dog.';

const plain = { hasTags: false, usesDictionaries: false };

const frame = (audio: Uint8Array, alignment?: Alignment, spokenAlignment?: Alignment): Frame => ({
  audio,
  alignment,
  spokenAlignment,
  contextId: undefined,
  isFinal: false,
  error: undefined,
});

async function* framesOf(spoken: string, frameBytes: number): AsyncGenerator<Frame, void> {
  for (const { sound, chars, startsMs, durationsMs } of speak(spoken, { frameBytes })) {
    await Promise.resolve();
    const alignment = { chars, startsMs, durationsMs };
    yield frame(sound, alignment);
  }
}

const collect = async (frames: AsyncIterable<Frame>, spoken = text): Promise<SpeechOutput[]> => {
  const items: SpeechOutput[] = [];
  for await (const item of toSpeech(frames, { ...plain, text: spoken }, never)) items.push(item);
  return items;
};
const bytesOf = (items: readonly SpeechOutput[]): Buffer =>
  Buffer.concat(items.map(({ pcm }) => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)));

describe('speech of ElevenLabs', () => {
  it.each([481, 2_400, 14_400, 1_000_000])(
    'is all of the sound and all of the words, in frames of %i bytes',
    async (size) => {
      const items = await collect(framesOf(text, size));

      expect(bytesOf(items)).toEqual(Buffer.concat(speak(text).map(({ sound }) => sound)));
      expect(items.flatMap(({ words }) => words.map((word) => word.text))).toEqual(text.split(' '));
      expect(items.every(({ pcm }) => pcm.length > 0)).toBe(true);
    },
  );

  it('tells of a word with the sound that it begins in', async () => {
    let fromUs = 0;
    for (const { pcm, words } of await collect(framesOf(text, 7_200))) {
      for (const { startUs } of words) expect(startUs).toBeGreaterThanOrEqual(fromUs - 1_000);
      fromUs += samplesToUs(pcm.length);
    }
  });

  it('does not keep the first sound of a sentence waiting', async () => {
    const frames = framesOf('Antidisestablishmentarianism.', 960);
    const speech = toSpeech(frames, { ...plain, text: 'Antidisestablishmentarianism.' }, never);

    const first = await speech.next();

    expect(first.value?.pcm).toHaveLength(480);
  });

  it('keeps no more than half a second waiting for the end of a word', async () => {
    const word = 'a'.repeat(200);

    const items = await collect(framesOf(word, 4_800), word);

    expect(items.length).toBeGreaterThan(10);
  });

  it('ends its last word with its sound, though the times go on', async () => {
    const times = {
      chars: ['H', 'i', ' ', 'y', 'o', 'u'],
      startsMs: [0, 50, 100, 110, 150, 190],
      durationsMs: [50, 50, 10, 40, 40, 50],
    };
    async function* short(): AsyncGenerator<Frame, void> {
      await Promise.resolve();
      yield frame(new Uint8Array(9_600), times);
    }

    const items: SpeechOutput[] = [];
    for await (const item of toSpeech(short(), { ...plain, text: 'Hi you' }, never)) items.push(item);

    expect(items.map(({ pcm, words }) => [pcm.length, words.map((word) => word.text)])).toEqual([
      [2_640, ['Hi']],
      [2_160, ['you']],
    ]);
    expect(items[1]?.words).toEqual([{ text: 'you', startUs: 110_000, durationUs: 90_000 }]);
  });

  it.each([
    { usesDictionaries: false, words: ['At', '5.'] },
    { usesDictionaries: true, words: ['At', 'five.'] },
  ])('names words as they were sent, or as they are spoken (%j)', async ({ usesDictionaries, words }) => {
    const timesOf = (said: string): Alignment => ({
      chars: Array.from(said),
      startsMs: Array.from(said, (_, at) => at * 10),
      durationsMs: Array.from(said, () => 10),
    });
    async function* both(): AsyncGenerator<Frame, void> {
      await Promise.resolve();
      yield frame(new Uint8Array(9_600), timesOf('At 5.'), timesOf(' At five.'));
    }

    const named: string[] = [];
    for await (const item of toSpeech(both(), { ...plain, text: 'At 5.', usesDictionaries }, never)) {
      named.push(...item.words.map((word) => word.text));
    }

    expect(named).toEqual(words);
  });

  it('without sound is provider.protocol_error', async () => {
    async function* nothing(): AsyncGenerator<Frame, void> {}

    await expect(collect(nothing())).rejects.toMatchObject({ code: 'provider.protocol_error' });
  });
});
