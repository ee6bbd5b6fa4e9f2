import { type SpeechOutput, samplesToUs } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { speak } from '../test/fake-speech.ts';
import { toSpeech } from './speech.ts';
import type { Frame } from './wire.ts';

const never = new AbortController().signal;
const text = 'The quick brown fox jumps over the lazy dog.';

async function* framesOf(spoken: string, frameBytes: number): AsyncGenerator<Frame, void> {
  for (const { sound, chars, startsMs, durationsMs } of speak(spoken, { frameBytes })) {
    await Promise.resolve();
    const alignment = { chars, startsMs, durationsMs };
    yield { audio: sound, alignment, contextId: undefined, isFinal: false, error: undefined };
  }
}

const collect = async (frames: AsyncIterable<Frame>, spoken = text): Promise<SpeechOutput[]> => {
  const items: SpeechOutput[] = [];
  for await (const item of toSpeech(frames, spoken, { tags: false }, never)) items.push(item);
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
    const speech = toSpeech(frames, 'Antidisestablishmentarianism.', { tags: false }, never);

    const first = await speech.next();

    expect(first.value?.pcm).toHaveLength(480);
  });

  it('keeps no more than half a second waiting for the end of a word', async () => {
    const word = 'a'.repeat(200);

    const items = await collect(framesOf(word, 4_800), word);

    expect(items.length).toBeGreaterThan(10);
  });

  it('without sound is provider.protocol_error', async () => {
    async function* nothing(): AsyncGenerator<Frame, void> {}

    await expect(collect(nothing())).rejects.toMatchObject({ code: 'provider.protocol_error' });
  });
});
