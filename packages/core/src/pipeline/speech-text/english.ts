import { addressRules } from './addresses.ts';
import { amountRules } from './amounts.ts';
import { dateRules, timeRules } from './dates.ts';
import { decadeRules, idiomRules, numberRules, phoneRules } from './number-rules.ts';
import { shortFormRules } from './short-forms.ts';
import {
  type EnglishLocale,
  type ReadingRule,
  type SpokenText,
  applyRules,
  asWritten,
} from './spoken-text.ts';
import { symbolRules } from './symbols.ts';
import { unitRules } from './units.ts';

/** Languages whose numbers, dates and short forms the engine can write out. Texts in others stay as they are. */
export const normalizedLanguages: readonly string[] = ['en'];

/** The more of its surroundings a rule needs, the earlier it comes. */
const rules: readonly ReadingRule[] = [
  ...dateRules,
  ...addressRules,
  ...decadeRules,
  ...timeRules,
  ...idiomRules,
  ...amountRules,
  ...unitRules,
  ...phoneRules,
  ...shortFormRules,
  ...numberRules,
  ...symbolRules,
];

const monthFirstRegions: ReadonlySet<string> = new Set(['US', 'CA', 'PH']);

const englishLocale = (region: string | undefined): EnglishLocale => {
  const isAmerican = region === undefined || monthFirstRegions.has(region.toUpperCase());
  return { monthFirst: isAmerican, saysAnd: !isAmerican };
};

/** A text as it is read aloud in a locale, for a voice that reads words only. */
export const toSpoken = (text: string, locale: string): SpokenText => {
  const [language = '', ...subtags] = locale.split('-');
  if (!normalizedLanguages.includes(language.toLowerCase())) return asWritten(text);
  const region = subtags.find((subtag) => /^[a-z]{2}$/i.test(subtag));
  return applyRules(text, rules, englishLocale(region));
};
