import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pcm, WordTiming } from '../domain/media.ts';
import { createSpeechRate, createWordTagger } from './word-tagger.ts';

const voice = (ms: number): number[] =>
  Array.from({ length: ms * 24 }, (_, i) => Math.round(9_000 * Math.sin(i * 0.06)));
const silence = (ms: number): number[] => Array.from({ length: ms * 24 }, () => 0);

const tag = (text: string, pcm: Pcm, step = 2_400, rate = createSpeechRate()): WordTiming[] => {
  const tagger = createWordTagger(text, rate);
  const words: WordTiming[] = [];
  for (let at = 0; at < pcm.length; at += step) words.push(...tagger.add(pcm.subarray(at, at + step)));
  return [...words, ...tagger.end()];
};

const sound = (...parts: number[][]): Pcm => Int16Array.from(parts.flat());
const startMs = (word: WordTiming | undefined): number => (word?.startUs ?? Number.NaN) / 1000;

describe('word tagger', () => {
  it('gives every word once, in order, inside the sound, without overlap', () => {
    const texts = fc.stringMatching(/^([a-z]{1,9}[,;]? ?){1,12}[.!?]?$/);
    const parts = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 10, max: 900 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(texts, parts, fc.integer({ min: 50, max: 5_000 }), (text, given, step) => {
        const pcm = sound(...given.map(([isVoiced, ms]) => (isVoiced ? voice(ms) : silence(ms))));

        const words = tag(text, pcm, step);

        expect(words.map((word) => word.text).join('')).toBe(text.replace(/[^a-z]/g, ''));
        let endUs = 0;
        for (const { startUs, durationUs } of words) {
          expect(startUs).toBeGreaterThanOrEqual(endUs);
          expect(durationUs).toBeGreaterThanOrEqual(0);
          endUs = startUs + durationUs;
        }
        expect(endUs).toBeLessThanOrEqual((pcm.length * 1_000_000) / 24_000 + 1);
      }),
    );
  });

  it('begins with the sound and not with the silence before it', () => {
    const words = tag('hello there', sound(silence(300), voice(700), silence(200)));

    expect(startMs(words[0])).toBe(300);
    expect((words[1]!.startUs + words[1]!.durationUs) / 1000).toBeLessThanOrEqual(1_010);
  });

  it('gives long words more of the time than short ones', () => {
    const [a, extraordinary, b] = tag('a extraordinary b', sound(voice(1_000)));

    expect(extraordinary!.durationUs).toBeGreaterThan(3 * a!.durationUs);
    expect(extraordinary!.durationUs).toBeGreaterThan(3 * b!.durationUs);
  });

  it('lets the word after a comma begin after the pause', () => {
    const words = tag('yes indeed, we can do that', sound(voice(800), silence(250), voice(900)));

    expect(startMs(words.find(({ text }) => text === 'we'))).toBe(1_050);
    const indeed = words[1]!;
    expect((indeed.startUs + indeed.durationUs) / 1000).toBeLessThanOrEqual(800);
  });

  it('fills the sound of a voice that is slower or faster than expected', () => {
    for (const ms of [600, 4_000]) {
      const words = tag('one two three four five six', sound(voice(ms)));
      const last = words.at(-1)!;

      expect((last.startUs + last.durationUs) / 1000).toBeCloseTo(ms, -1);
    }
  });

  it('gives words while the sound still comes, half a second behind it', () => {
    const tagger = createWordTagger('one two three four five six seven eight', createSpeechRate());

    const early = tagger.add(sound(voice(1_500)));

    expect(early.length).toBeGreaterThan(2);
    expect(early.every(({ startUs, durationUs }) => startUs + durationUs <= 1_000_000)).toBe(true);
  });

  it('learns from one sentence how fast the next will be', () => {
    const text = 'the quick brown fox jumps over the lazy dog and runs away from it all';
    const slow = sound(voice(6_000));
    const rate = createSpeechRate();
    const error = (words: readonly WordTiming[]): number => {
      const share = words.map((_, k) => words.slice(0, k).reduce((sum, w) => sum + w.text.length + 1, 0));
      const all = words.reduce((sum, w) => sum + w.text.length + 1, 0);
      return (
        words.reduce((sum, w, k) => sum + Math.abs(w.startUs - (share[k]! / all) * 6_000_000), 0) /
        words.length
      );
    };

    const first = error(tag(text, slow, 2_400, rate));
    for (let n = 0; n < 4; n++) tag(text, slow, 2_400, rate);
    const later = error(tag(text, slow, 2_400, rate));

    expect(later).toBeLessThan(first / 2);
  });

  it('takes each ideograph or word of a script without spaces for itself', () => {
    const words = tag('你好世界', sound(voice(800)));

    expect(words.map(({ text }) => text).join('')).toBe('你好世界');
    expect(words.length).toBeGreaterThan(1);
  });

  it('gives silent sound its words too, and nothing for a text without words', () => {
    expect(tag('quiet words', sound(silence(400))).map(({ text }) => text)).toEqual(['quiet', 'words']);
    expect(tag('…', sound(voice(400)))).toEqual([]);
  });
});
