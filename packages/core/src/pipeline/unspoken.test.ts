import { describe, expect, it } from 'vitest';
import type { WordTiming } from '../domain/media.ts';
import { unspokenPart } from './unspoken.ts';

/** Words of 100 ms each, without a pause between them. */
const spokenAs = (...words: string[]): WordTiming[] =>
  words.map((text, i) => ({ text, startUs: i * 100_000, durationUs: 100_000 }));

const text = 'One, two: "three" (four).';
const words = spokenAs('One', 'two', 'three', 'four');

describe('what is left to say of a text', () => {
  it.each([
    ['nothing was said', 0, text, 0],
    ['its first word broke off', 99_999, text, 0],
    ['a word was just complete', 100_000, 'two: "three" (four).', 100_000],
    ['it broke off inside a word', 250_000, 'three" (four).', 200_000],
    ['its last word broke off', 399_999, 'four).', 300_000],
    ['its last word was complete', 400_000, '', 400_000],
  ])('when %s', (_, endUs, rest, fromUs) => {
    expect(unspokenPart(text, words, endUs)).toEqual({ text: rest, fromUs });
  });

  it('is all of it when no word is known', () => {
    expect(unspokenPart(text, [], 5_000_000)).toEqual({ text, fromUs: 0 });
  });

  it('is told from the last word that is written as it is spoken', () => {
    const spoken = spokenAs('Doctor', 'Who', 'nineteen', 'sixty', 'three');

    expect(unspokenPart('Dr. Who in 1963 again', spoken, 400_000)).toEqual({
      text: 'in 1963 again',
      fromUs: 200_000,
    });
  });
});
