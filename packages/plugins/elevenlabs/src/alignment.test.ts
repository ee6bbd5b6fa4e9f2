import { describe, expect, it } from 'vitest';
import { createWordReader } from './alignment.ts';
import type { Alignment } from './wire.ts';

const charMs = 100;

/** Each character 100 ms long; `cuts`: after which characters a piece ends. */
const piecesOf = (text: string, cuts: readonly number[], base: 'sentence' | 'piece'): Alignment[] => {
  const chars = Array.from(text);
  const ends = [...cuts, chars.length];
  return ends.map((end, at) => {
    const from = at === 0 ? 0 : ends[at - 1]!;
    const slice = chars.slice(from, end);
    return {
      chars: slice,
      startsMs: slice.map((_, index) => (index + (base === 'sentence' ? from : 0)) * charMs),
      durationsMs: slice.map(() => charMs),
    };
  });
};

/** All words of a text whose pieces bring their own sound. */
const read = (
  text: string,
  {
    cuts = [],
    base = 'sentence',
    hasTags = false,
  }: { cuts?: readonly number[]; base?: 'sentence' | 'piece'; hasTags?: boolean } = {},
) => {
  const reader = createWordReader({ text, hasTags });
  let beforeUs = 0;
  const told = piecesOf(text, cuts, base).flatMap((piece) => {
    const afterUs = beforeUs + piece.chars.length * charMs * 1_000;
    const words = reader.read(piece, beforeUs, afterUs);
    beforeUs = afterUs;
    return words;
  });
  return [...told, ...reader.rest(beforeUs)];
};

const texts = (words: readonly { readonly text: string }[]): string[] => words.map(({ text }) => text);

describe('words of timed characters', () => {
  it('begin and end with their own characters, in microseconds', () => {
    expect(read('Hi you.')).toEqual([
      { text: 'Hi', startUs: 0, durationUs: 200_000 },
      { text: 'you.', startUs: 300_000, durationUs: 400_000 },
    ]);
  });

  it.each(['sentence', 'piece'] as const)(
    'are the same however the characters are cut, with times that count from the %s',
    (base) => {
      const text = 'The quick brown fox, and then it sleeps.';
      const whole = read(text);

      for (const size of [3, 5, 7, 11, 20]) {
        const cuts = Array.from({ length: Math.ceil(text.length / size) - 1 }, (_, at) => (at + 1) * size);
        expect(read(text, { cuts, base })).toEqual(whole);
      }
    },
  );

  it.each([
    { language: 'Chinese', text: '你好，世界。', words: ['你', '好，', '世', '界。'] },
    {
      language: 'Japanese',
      text: 'コーヒー「を」飲む',
      words: ['コ', 'ー', 'ヒ', 'ー「', 'を」', '飲', 'む'],
    },
    { language: 'Korean', text: '안녕 세계', words: ['안', '녕', '세', '계'] },
    { language: 'mixed', text: '用GPT4吗？', words: ['用', 'GPT4', '吗？'] },
    { language: 'German', text: '„Grüß dich – du!“', words: ['„Grüß', 'dich', 'du!“'] },
  ])('are units of the language: $language', ({ text, words }) => {
    expect(texts(read(text))).toEqual(words);
  });

  it('have nothing of the tags before them', () => {
    expect(texts(read('[very happy] Hi you.', { hasTags: true, cuts: [4, 9] }))).toEqual(['Hi', 'you.']);
    expect(texts(read('[so] it is', { hasTags: false }))).toEqual(['[so]', 'it', 'is']);
  });

  it('are told with the sound that they end in, the last one with its last character', () => {
    const text = 'Hi you.';
    const reader = createWordReader({ text, hasTags: false });
    const [first, second] = piecesOf(text, [4], 'sentence');

    expect(texts(reader.read(first, 0, 400_000))).toEqual(['Hi']);
    expect(texts(reader.read(second, 400_000, 700_000))).toEqual(['you.']);
    expect(reader.rest(700_000)).toEqual([]);
  });

  it('wait for their sound where the times run ahead of it, and end with it at the latest', () => {
    const reader = createWordReader({ text: 'Hi you.', hasTags: false });
    const [all] = piecesOf('Hi you.', [], 'sentence');

    expect(reader.read(all, 0, 0)).toEqual([]);
    expect(texts(reader.read(undefined, 0, 250_000))).toEqual(['Hi']);
    expect(reader.rest(600_000)).toEqual([{ text: 'you.', startUs: 300_000, durationUs: 300_000 }]);
  });

  it('never run backwards', () => {
    const reader = createWordReader({ text: 'a b c', hasTags: false });
    const odd = {
      chars: ['a', ' ', 'b', ' ', 'c'],
      startsMs: [0, 100, 500, 50, 60],
      durationsMs: [100, 0, -5, 10, 10],
    };

    const words = [...reader.read(odd, 0, 1_000_000), ...reader.rest(1_000_000)];

    expect(words.map(({ startUs, durationUs }) => [startUs, durationUs])).toEqual([
      [0, 100_000],
      [500_000, 0],
      [500_000, 10_000],
    ]);
  });
});
