import { describe, expect, it } from 'vitest';
import { cutters, scoreOf } from '../scripts/segmenter.ts';
import { caseRules, segmenterCases, unseenCases } from './support/segmenter-cases.ts';

/** Cases that the segmenter is known to get right. A higher score is welcome and belongs here. */
const known: Readonly<Record<string, readonly [cases: number, unseen: number]>> = {
  en: [40, 10],
  de: [19, 4],
  fr: [14, 3],
  es: [14, 2],
  it: [12, 3],
  pt: [13, 3],
  nl: [13, 3],
  pl: [14, 3],
  ru: [14, 3],
  tr: [12, 2],
  sv: [12, 1],
  zh: [13, 1],
  ja: [12, 3],
  ko: [11, 2],
  ar: [12, 0],
  hi: [11, 2],
};

const ours = cutters['TTH']!;
const casesIn = (cases: typeof segmenterCases, wanted: string): typeof segmenterCases =>
  cases.filter(({ language }) => language === wanted);

describe('the score of the segmenter', () => {
  it('is known for every language that has cases', () => {
    const languages = new Set([...segmenterCases, ...unseenCases].map(({ language }) => language));

    expect([...languages].toSorted()).toEqual(Object.keys(known).toSorted());
    expect(new Set(segmenterCases.map(({ rule }) => rule))).toEqual(new Set(caseRules));
  });

  it.each(Object.entries(known))('is no lower than it was: %s', (language, [seen, unseen]) => {
    expect(scoreOf(ours, casesIn(segmenterCases, language))).toBeGreaterThanOrEqual(seen);
    expect(scoreOf(ours, casesIn(unseenCases, language))).toBeGreaterThanOrEqual(unseen);
  });

  it('is no lower than that of others in any language', () => {
    const beaten = Object.keys(known).filter((language) => {
      const cases = casesIn(segmenterCases, language);
      return Object.values(cutters).some((cut) => scoreOf(cut, cases) > scoreOf(ours, cases));
    });

    expect(beaten).toEqual([]);
  });
});
