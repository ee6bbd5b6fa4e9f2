import type { EnglishLocale } from './spoken-text.ts';

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const scales = ['', 'thousand', 'million', 'billion', 'trillion'];
const longestCardinal = 3 * scales.length;

/** A number as it is written in English: groups of three with commas, or none, and decimals. A pattern's source. */
export const numberSource = String.raw`(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?`;

const belowHundred = (value: number): string => {
  if (value < 20) return small[value]!;
  const rest = value % 10;
  return rest === 0 ? tens[value / 10]! : `${tens[(value - rest) / 10]}-${small[rest]}`;
};

const belowThousand = (value: number, saysAnd: boolean): string => {
  if (value < 100) return belowHundred(value);
  const rest = value % 100;
  const hundreds = `${small[(value - rest) / 100]} hundred`;
  return rest === 0 ? hundreds : `${hundreds} ${saysAnd ? 'and ' : ''}${belowHundred(rest)}`;
};

/** Digits one by one. */
export const sayDigits = (digits: string): string =>
  Array.from(digits, (digit) => small[Number(digit)]).join(' ');

/** A whole number, `digits` without commas. What is too long, or begins with a zero, is read digit by digit. */
export const sayCardinal = (digits: string, { saysAnd }: EnglishLocale): string => {
  if (digits.length > longestCardinal || /^0\d/.test(digits)) return sayDigits(digits);
  const groups: string[] = [];
  for (let end = digits.length, scale = 0; end > 0; end -= 3, scale++) {
    const value = Number(digits.slice(Math.max(0, end - 3), end));
    if (value === 0) continue;
    const isLast = scale === 0 && digits.length > 3;
    const joined =
      isLast && value < 100 && saysAnd ? `and ${belowHundred(value)}` : belowThousand(value, saysAnd);
    groups.unshift(scale === 0 ? joined : `${joined} ${scales[scale]}`);
  }
  return groups.length === 0 ? small[0]! : groups.join(' ');
};

/** Any number of `numberSource`. */
export const sayNumber = (written: string, locale: EnglishLocale): string => {
  const [whole = '', decimals] = written.replaceAll(',', '').split('.');
  const said = sayCardinal(whole, locale);
  return decimals === undefined ? said : `${said} point ${sayDigits(decimals)}`;
};

const irregular: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** "third", "twenty-first": the place that a whole number stands for. */
export const sayOrdinal = (digits: string, locale: EnglishLocale): string =>
  sayCardinal(digits, locale).replace(
    /[a-z]+$/,
    (last) => irregular[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`),
  );

/** A year of four digits, in pairs where that is how it is read. */
export const sayYear = (digits: string, locale: EnglishLocale): string => {
  const century = Number(digits.slice(0, 2));
  const rest = Number(digits.slice(2));
  if (digits.length !== 4 || century < 11 || (century === 20 && rest < 10))
    return sayCardinal(digits, locale);
  if (rest === 0) return `${belowHundred(century)} hundred`;
  return `${belowHundred(century)} ${rest < 10 ? `oh ${small[rest]}` : belowHundred(rest)}`;
};

/** The decade that begins with a year: "nineteen nineties". */
export const sayDecade = (digits: string, locale: EnglishLocale): string =>
  `${digits.length === 2 ? belowHundred(Number(digits)) : sayYear(digits, locale)}s`.replace(/ys$/, 'ies');

const isOne = (written: string): boolean => written === '1';

/** A number, or a range of two, with what it counts. */
export const sayAmount = (
  from: string,
  to: string | undefined,
  [singular, plural]: readonly [string, string],
  locale: EnglishLocale,
): string => {
  const range = to === undefined ? '' : ` to ${sayNumber(to, locale)}`;
  return `${sayNumber(from, locale)}${range} ${isOne(from) && to === undefined ? singular : plural}`;
};
