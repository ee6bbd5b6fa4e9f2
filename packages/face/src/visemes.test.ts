import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatePhonemeLengths, ipaToVisemes, visemes } from './visemes.ts';

const shapesOf = (ipa: string) => ipaToVisemes(ipa).map(({ viseme }) => viseme);

describe('mouth shapes of IPA', () => {
  it.each([
    ['p', 'PP'],
    ['v', 'FF'],
    ['θ', 'TH'],
    ['ɾ', 'DD'],
    ['ɡ', 'kk'],
    ['tʃ', 'CH'],
    ['s', 'SS'],
    ['l', 'nn'],
    ['ɹ', 'RR'],
    ['ɝ', 'RR'],
    ['æ', 'aa'],
    ['ɛ', 'E'],
    ['ᵻ', 'ih'],
    ['ɔ', 'oh'],
    ['ʊ', 'ou'],
    ['w', 'ou'],
  ])('shows %s as %s', (ipa, viseme) => {
    expect(ipaToVisemes(ipa)).toEqual([{ viseme, part: 1 }]);
  });

  it('shares the time of a gliding sound among its shapes', () => {
    expect(ipaToVisemes('aɪ')).toEqual([
      { viseme: 'aa', part: 0.6 },
      { viseme: 'ih', part: 0.4 },
    ]);
    expect(shapesOf('aʊə')).toEqual(['aa', 'ou', 'aa']);
  });

  it('prefers the longest symbol, so an affricate is not a stop and a fricative', () => {
    expect(shapesOf('dʒ')).toEqual(['CH']);
    expect(shapesOf('ts')).toEqual(['SS']);
    expect(shapesOf('aɪɚ')).toEqual(['aa', 'ih', 'RR']);
  });

  it('ignores stress, length, tone, ties, combining marks and secondary articulation', () => {
    expect(ipaToVisemes('ˈɑː')).toEqual(ipaToVisemes('ɑ'));
    expect(ipaToVisemes('ɛ̃')).toEqual(ipaToVisemes('ɛ'));
    expect(ipaToVisemes('tʰ')).toEqual(ipaToVisemes('t'));
    expect(ipaToVisemes('t͡ʃ')).toEqual(ipaToVisemes('tʃ'));
    expect(ipaToVisemes('a˥˩')).toEqual(ipaToVisemes('a'));
    expect(ipaToVisemes('ç')).toEqual([{ viseme: 'kk', part: 1 }]);
  });

  it('skips language switches', () => {
    expect(shapesOf('(en)m')).toEqual(['PP']);
  });

  it('prolongs the shape before a symbol of no table', () => {
    expect(shapesOf('m!')).toEqual(['PP']);
    expect(shapesOf('mǃa')).toEqual(['PP', 'aa']);
  });

  it('is empty when nothing is known', () => {
    expect(ipaToVisemes('')).toEqual([]);
    expect(ipaToVisemes('!?')).toEqual([]);
    expect(ipaToVisemes('ˈː')).toEqual([]);
  });

  it('reads a run of phonemes and gives its vowels more time than its stops', () => {
    const [p, a] = ipaToVisemes('pa');

    expect([p?.viseme, a?.viseme]).toEqual(['PP', 'aa']);
    expect(a?.part).toBeGreaterThan(p?.part ?? 1);
  });

  it('always gives known shapes whose parts sum to 1', () => {
    const symbols = 'p b f v θ t k ŋ tʃ ʃ s ɹ l n aɪ aʊ ɔɪ eɪ oʊ ɑː iː uː ə ᵻ ˈ ? 5 ʲ x'.split(' ');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...symbols), { maxLength: 8 }), (list) => {
        const parts = ipaToVisemes(list.join(''));

        for (const { viseme, part } of parts) {
          expect(visemes).toContain(viseme);
          expect(part).toBeGreaterThan(0);
        }
        if (parts.length > 0) expect(parts.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('relative lengths of phonemes', () => {
  it.each([
    ['t', 0.6],
    ['tʃ', 1],
    ['s', 0.9],
    ['h', 0.9],
    ['n', 0.7],
    ['w', 0.7],
    ['a', 1],
    ['ə', 0.6],
    ['ɑː', 1.5],
    ['aɪ', 1.6],
  ])('gives %s %s', (ipa, length) => {
    expect(estimatePhonemeLengths([ipa])).toEqual([length]);
  });

  it('adds up the sounds of one entry and gives nothing to an empty one', () => {
    expect(estimatePhonemeLengths(['əl', ''])).toEqual([0.6 + 0.7, 0]);
  });
});
