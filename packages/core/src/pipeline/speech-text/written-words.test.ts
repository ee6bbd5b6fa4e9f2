import { spreadWords } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WordTiming } from '../../domain/media.ts';
import { heardText } from '../heard.ts';
import { unspokenPart } from '../unspoken.ts';
import { toSpoken } from './english.ts';
import { asWritten } from './spoken-text.ts';
import { createWrittenWords } from './written-words.ts';

const wordUs = 100_000;

/** A text spoken at 100 ms a word, and its words as they were written. */
const speak = (written: string) => {
  const spoken = toSpoken(written, 'en-US');
  const words = (spoken.text.match(/[\p{L}\p{N}'’-]+/gu) ?? []).map((text, i): WordTiming => ({
    text,
    startUs: i * wordUs,
    durationUs: wordUs,
  }));
  const mapper = createWrittenWords(spoken);
  return { words, written: [...words.flatMap((word) => mapper.push([word])), ...mapper.flush()] };
};

/** When a word of the spoken text has just ended. */
const after = (words: readonly WordTiming[], text: string): number =>
  words.find((word) => word.text === text)!.startUs + wordUs;

const price = 'It costs $5.50 today.';

describe('written words', () => {
  it('makes one word of what is read for it', () => {
    expect(speak(price).written).toEqual([
      { text: 'It', startUs: 0, durationUs: wordUs },
      { text: 'costs', startUs: wordUs, durationUs: wordUs },
      { text: '$5.50', startUs: 2 * wordUs, durationUs: 5 * wordUs },
      { text: 'today', startUs: 7 * wordUs, durationUs: wordUs },
    ]);
  });

  it.each([
    ['five', 'It costs'],
    ['dollars', 'It costs'],
    ['fifty', 'It costs $5.50'],
    ['cents', 'It costs $5.50'],
    ['today', 'It costs $5.50 today.'],
  ])('counts as heard in its middle, as any word: interrupted after "%s"', (word, heard) => {
    const { words, written } = speak(price);

    expect(heardText(price, written, after(words, word))).toBe(heard);
  });

  it.each([
    ['fifty', '$5.50 today.', 2 * wordUs],
    ['cents', 'today.', 7 * wordUs],
  ])('is to be said again unless it was said whole: broken off after "%s"', (word, left, fromUs) => {
    const { words, written } = speak(price);

    expect(unspokenPart(price, written, after(words, word))).toEqual({ text: left, fromUs });
  });

  it('keeps back what has only begun, and gives it when nothing more comes', () => {
    const mapper = createWrittenWords(toSpoken(price, 'en-US'));
    const word = (text: string, i: number): WordTiming => ({ text, startUs: i * wordUs, durationUs: wordUs });

    expect(mapper.push([word('It', 0), word('costs', 1), word('five', 2)]).map(({ text }) => text)).toEqual([
      'It',
      'costs',
    ]);
    expect(mapper.flush()).toEqual([{ text: '$5.50', startUs: 2 * wordUs, durationUs: wordUs }]);
  });

  it('goes on after words that a voice speaks in its own way', () => {
    const mapper = createWrittenWords(toSpoken('Mr. Li paid 20% of it.', 'en-US'));
    const words = ['Meester', 'Li', 'paid', 'twenty', 'per', 'cent', 'of', 'it'];

    const written = mapper.push(words.map((text, i) => ({ text, startUs: i * wordUs, durationUs: wordUs })));

    expect(written.map(({ text }) => text).filter((text) => !/Meester|per|cent/.test(text))).toEqual([
      'Li',
      'paid',
      '20%',
      'of',
      'it',
    ]);
  });

  it('passes the words of a text on that is read as it is written', () => {
    const words = spreadWords('Nothing to do here.', 1_000_000);

    expect(createWrittenWords(asWritten('Nothing to do here.')).push(words)).toEqual(words);
  });

  const piece = fc.constantFrom(
    '$5 ',
    '3.5 km ',
    'Dr. Lee ',
    '50% ',
    'so ',
    'and ',
    '2/3 ',
    'R&D ',
    'x@y.com ',
    '10-20 ',
    '(7) ',
  );

  it('has everything heard at the end, in time that only grows', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 12 }),
        fc.nat(6_000_000),
        fc.nat(6_000_000),
        (pieces, a, b) => {
          const text = `${pieces.join('')}end.`;
          const { written } = speak(text);
          const earlier = heardText(text, written, Math.min(a, b));

          expect(heardText(text, written, 60_000_000)).toBe(text);
          expect(text.startsWith(earlier)).toBe(true);
          expect(heardText(text, written, Math.max(a, b)).startsWith(earlier)).toBe(true);
          expect(unspokenPart(text, written, 60_000_000).text).toBe('');
        },
      ),
      { numRuns: 500 },
    );
  });
});
