import {
  type SpeechControl,
  type SpeechOutput,
  type TtsAdapter,
  loudness,
  neutralControls,
  samplesToUs,
} from '@tth/core/plugin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInferContext } from '../inference-context.ts';
import type { StartedAdapter } from '../start-adapter.ts';
import { type Call, collect, sharedConformance } from './shared.ts';

const sentence = 'The quick brown fox jumps over the lazy dog, and then it goes home again to sleep.';
const short = 'Good morning to you.';

const { personaId: _, ...character } = neutralControls.character;
const control: SpeechControl = { ...character, emotion: neutralControls.emotion };

const samplesOf = (items: readonly SpeechOutput[]): number =>
  items.reduce((sum, { pcm }) => sum + pcm.length, 0);

/** Letters and digits alone: what stays the same when a text is read out word by word. */
const lettersOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** The promises of every voice. `make` starts the adapter under test; it is closed at the end. */
export const ttsConformance = (name: string, make: () => Promise<StartedAdapter<TtsAdapter>>): void => {
  describe(`${name} keeps the promises of a voice`, () => {
    let started: StartedAdapter<TtsAdapter>;
    beforeAll(async () => {
      started = await make();
    });
    afterAll(() => started.close());
    const speak = (text: string): Call<SpeechOutput> => {
      const input = { text, previousText: '', nextText: '' };
      return (context) => started.adapter.inferStream(input, control, context);
    };

    sharedConformance('tts', { started: () => started, call: () => speak(sentence) });

    it('gives sound that can be heard, in more than one piece, none of them long', async () => {
      const items = await collect(speak(sentence));

      expect(items.length).toBeGreaterThan(1);
      expect(samplesToUs(samplesOf(items))).toBeGreaterThan(1_500_000);
      expect(Math.max(...items.map(({ pcm }) => loudness(pcm)))).toBeGreaterThan(0.01);
      for (const { pcm } of items) {
        expect(pcm).toBeInstanceOf(Int16Array);
        expect(samplesToUs(pcm.length)).toBeLessThanOrEqual(1_000_000);
      }
    });

    it('speaks longer for a longer text', async () => {
      const [long, brief] = await Promise.all([collect(speak(sentence)), collect(speak(short))]);

      expect(samplesOf(long)).toBeGreaterThan(samplesOf(brief) * 1.5);
    });

    it('keeps its word on the times of words: in order, inside the sound, all of the text', async () => {
      const items = await collect(speak(sentence));
      const words = items.flatMap((item) => item.words);
      const promise = started.adapter.capabilities().timings.words;

      if (promise === 'none') {
        expect(words).toEqual([]);
        return;
      }
      const endUs = samplesToUs(samplesOf(items));
      expect(lettersOf(words.map(({ text }) => text).join(''))).toBe(lettersOf(sentence));
      expect(words.map(({ startUs }) => startUs)).toEqual(
        words.map(({ startUs }) => startUs).sort((a, b) => a - b),
      );
      expect(
        words.every(({ startUs, durationUs }) => startUs >= 0 && startUs + durationUs <= endUs + 1),
      ).toBe(true);
      expect(new Set(items.map(({ timing }) => timing))).toEqual(new Set([promise]));
    });

    it('keeps its word on the times of phonemes', async () => {
      const items = await collect(speak(sentence));
      const phonemes = items.flatMap((item) => item.phonemes);

      if (started.adapter.capabilities().timings.phonemes === 'none') {
        expect(phonemes).toEqual([]);
        return;
      }
      const endUs = samplesToUs(samplesOf(items));
      expect(phonemes.length).toBeGreaterThanOrEqual(sentence.split(' ').length);
      expect(
        phonemes.every(({ startUs, durationUs }) => startUs >= 0 && startUs + durationUs <= endUs + 1),
      ).toBe(true);
      expect(phonemes.map(({ startUs }) => startUs)).toEqual(
        phonemes.map(({ startUs }) => startUs).sort((a, b) => a - b),
      );
    });

    it('tells of a word no later than with its own sound', async () => {
      let endUs = 0;
      let toldUs = 0;
      for (const { pcm, words } of await collect(speak(sentence))) {
        for (const { startUs } of words) expect(startUs).toBeGreaterThanOrEqual(toldUs);
        endUs += samplesToUs(pcm.length);
        toldUs = words.at(-1)?.startUs ?? toldUs;
      }

      expect(toldUs).toBeLessThanOrEqual(endUs);
    });

    it('gives the same in one batch as in a stream, within a hundredth of its length', async () => {
      const input = { text: short, previousText: '', nextText: '' };
      const batch = await started.adapter.inferBatch(input, control, createInferContext());
      const stream = await collect(speak(short));

      expect(Math.abs(samplesOf(batch) - samplesOf(stream))).toBeLessThanOrEqual(samplesOf(stream) / 100);
      expect(batch.flatMap(({ words }) => words.map(({ text }) => text))).toEqual(
        stream.flatMap(({ words }) => words.map(({ text }) => text)),
      );
    });

    it('speaks two sentences at once without mixing them', async () => {
      const [long, brief] = await Promise.all([collect(speak(sentence)), collect(speak(short))]);
      const alone = await collect(speak(short));

      expect(Math.abs(samplesOf(brief) - samplesOf(alone))).toBeLessThanOrEqual(samplesOf(alone) / 20);
      expect(samplesOf(long)).toBeGreaterThan(samplesOf(brief));
    });

    it('can be closed twice', async () => {
      const other = await make();

      await other.close();
      await other.adapter.close();

      expect(other.adapter.id).toBe(started.adapter.id);
    });
  });
};
