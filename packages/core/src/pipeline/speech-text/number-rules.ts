import {
  numberSource,
  sayCardinal,
  sayDecade,
  sayDigits,
  sayNumber,
  sayOrdinal,
  sayYear,
} from './numbers.ts';
import type { EnglishLocale, ReadingRule } from './spoken-text.ts';

const denominators: Readonly<Record<string, readonly [string, string]>> = {
  2: ['half', 'halves'],
  4: ['quarter', 'quarters'],
};

const sayFraction = (above: string, below: string, locale: EnglishLocale): string => {
  const ordinal = sayOrdinal(below, locale);
  const [one, many] = denominators[below] ?? [ordinal, `${ordinal}s`];
  return `${sayCardinal(above, locale)} ${above === '1' ? one : many}`;
};

const vulgar: Readonly<Record<string, string>> = {
  '½': '1/2',
  '⅓': '1/3',
  '⅔': '2/3',
  '¼': '1/4',
  '¾': '3/4',
  '⅕': '1/5',
  '⅛': '1/8',
  '⅜': '3/8',
  '⅝': '5/8',
  '⅞': '7/8',
};

const isYear = (digits: string): boolean => /^(?:1[1-9]|20)\d\d$/.test(digits);
const sayEnd = (written: string, areYears: boolean, locale: EnglishLocale): string =>
  areYears ? sayYear(written, locale) : sayNumber(written, locale);

/** Telephone numbers: groups of digits, read one by one with a breath between the groups. */
export const phoneRules: readonly ReadingRule[] = [
  {
    pattern:
      /(?<![\p{L}\d$€£.,-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\) ?|\d{2,4}[ .-])\d{3,4}[ .-]\d{3,4}(?![\p{L}\d-])|(?<![\p{L}\d$€£.,-])\d{3}-\d{4}(?![\p{L}\d-])|\+\d{7,15}(?!\d)/gu,
    read: ([written]) =>
      `${written.startsWith('+') ? 'plus ' : ''}${(written.match(/\d+/g) ?? []).map(sayDigits).join(', ')}`,
  },
];

/** Digits that are said otherwise than numbers: what is dialled, feet and inches, ratios, "24/7". */
export const idiomRules: readonly ReadingRule[] = [
  {
    pattern: /(?<=\b(?:call|dial|extension|ext\.|pin|code) )\d{3,8}\b(?![.,/:-]\d)/gi,
    read: ([digits]) => sayDigits(digits),
  },
  {
    pattern: /(?<![\w.,])(\d)['′] ?(\d{1,2})["″]/gu,
    read: ([, feet = '', inches = ''], locale) =>
      `${sayCardinal(feet, locale)} ${feet === '1' ? 'foot' : 'feet'} ${sayCardinal(inches, locale)}`,
  },
  {
    pattern: /(?<![\w./])(?:24\/7|(\d{2})\/\1)(?![\w/]|\.\d)/g,
    read: ([written], locale) =>
      written
        .split('/')
        .map((digits) => sayCardinal(digits, locale))
        .join(' '),
  },
  {
    pattern: /(?<![\w.:])(\d{1,3}):(\d{1,3})(?![\w:]|\.\d)/g,
    read: ([, from = '', to = ''], locale) => `${sayCardinal(from, locale)} to ${sayCardinal(to, locale)}`,
  },
];

/** Decades: "the 1990s", "the 90s". Elsewhere "30s" are seconds. */
export const decadeRules: readonly ReadingRule[] = [
  {
    pattern: /(?<![\w.,])(?:(?:1[1-9]|20)\d0|(?<=\b(?:the|early|late|mid)[ -])[2-9]0|'[2-9]0)s\b/gi,
    read: ([written], locale) => sayDecade(written.replaceAll(/\D/g, ''), locale),
  },
];

/** Every other number. What comes last reads whatever digits are left. */
export const numberRules: readonly ReadingRule[] = [
  {
    pattern: /(?<![\w./])(?:(\d{1,3}) )?(\d{1,2})\/(\d{1,2})(?![\w/]|\.\d)/g,
    read: ([, whole, above = '', below = ''], locale) => {
      const isFraction = Number(above) > 0 && Number(above) < Number(below) && Number(below) <= 16;
      if (!isFraction) return undefined;
      const said = sayFraction(above, below, locale);
      if (whole === undefined) return said;
      return `${sayCardinal(whole, locale)} and ${above === '1' ? said.replace(/^one/, 'a') : said}`;
    },
  },
  {
    pattern: /(\d+)? ?([½⅓⅔¼¾⅕⅛⅜⅝⅞])/g,
    read: ([, whole, sign = ''], locale) => {
      const [above = '', below = ''] = vulgar[sign]!.split('/');
      const said = sayFraction(above, below, locale);
      if (whole === undefined) return said;
      return `${sayCardinal(whole, locale)} and ${above === '1' ? said.replace(/^one/, 'a') : said}`;
    },
  },
  {
    pattern: /(?<![\w.,])(\d{1,6}|\d{1,3}(?:,\d{3})+)(?:st|nd|rd|th)\b/gi,
    read: ([, digits = ''], locale) => sayOrdinal(digits.replaceAll(',', ''), locale),
  },
  {
    pattern: new RegExp(String.raw`(?<![\w.,/-])(${numberSource}) ?[-–—] ?(${numberSource})(?![\w/-])`, 'g'),
    read: ([, from = '', to = ''], locale) => {
      const areYears = isYear(from) && isYear(to);
      return `${sayEnd(from, areYears, locale)} to ${sayEnd(to, areYears, locale)}`;
    },
  },
  {
    pattern: /(?<![\w.,/-])(\d{4})( (?:and|to|until|through) )(\d{4})(?![\w/-]|[.,]\d)/g,
    read: ([, from = '', between = '', to = ''], locale) =>
      isYear(from) && isYear(to) ? sayYear(from, locale) + between + sayYear(to, locale) : undefined,
  },
  {
    pattern:
      /(?<=\b(?:q[1-4]|in|since|by|until|till|of|year|around|before|after|during|early|late|mid|circa|from|between|summer|autumn|fall|winter|spring) )\d{4}\b(?![.,]\d| (?:people|times|or|more|other|of)\b)/gi,
    read: ([digits], locale) => (isYear(digits) ? sayYear(digits, locale) : undefined),
  },
  {
    pattern: new RegExp(String.raw`(?<![\p{L}\p{N})-])[-−](${numberSource})(?![\w/-])`, 'gu'),
    read: ([, digits = ''], locale) => `minus ${sayNumber(digits, locale)}`,
  },
  { pattern: new RegExp(numberSource, 'g'), read: ([digits], locale) => sayNumber(digits, locale) },
  { pattern: /\d+/g, read: ([digits], locale) => sayCardinal(digits, locale) },
  { pattern: /\d/g, read: ([digit]) => sayDigits(digit) },
];
