import { sayCardinal, sayOrdinal, sayYear } from './numbers.ts';
import type { EnglishLocale, ReadingRule } from './spoken-text.ts';

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const monthSource = String.raw`(Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sep(?:t(?:ember|\.)?|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)`;
const daySource = String.raw`(0?[1-9]|[12]\d|3[01])`;

const withoutZero = (digits: string): string => digits.replace(/^0/, '');
const fullMonth = (written: string): string =>
  months.find((month) => month.startsWith(written.slice(0, 3))) ?? written;

const sayDate = (day: string, month: string, year: string | undefined, locale: EnglishLocale): string => {
  const place = sayOrdinal(withoutZero(day), locale);
  const date = locale.monthFirst ? `${month} ${place}` : `the ${place} of ${month}`;
  return year === undefined ? date : `${date}, ${sayYear(year, locale)}`;
};

/** Dates: ISO, with the month's name, and in numbers with a year, read in the order of the locale. */
export const dateRules: readonly ReadingRule[] = [
  {
    pattern: /(?<![\w./-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\w-]|\.\w)/g,
    read: ([, year = '', month = '', day = ''], locale) =>
      sayDate(day, months[Number(month) - 1]!, year, locale),
  },
  {
    pattern: /(?<![\w./-])(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?![\w/-]|\.\w)/g,
    read: ([, first = '', separator, second = '', year = ''], locale) => {
      // Dots are written where the day comes first, whatever the voice's locale; so is a number above twelve.
      const monthIsFirst =
        Number(second) > 12 || (separator === '/' && locale.monthFirst && Number(first) <= 12);
      const [month, day] = monthIsFirst ? [first, second] : [second, first];
      const name = months[Number(month) - 1];
      return name === undefined || Number(day) > 31 || Number(day) < 1
        ? undefined
        : sayDate(day, name, year, locale);
    },
  },
  {
    pattern: new RegExp(
      String.raw`\b${monthSource} ${daySource}(?:st|nd|rd|th)?(?:,? (\d{4}))?(?![\w/:]|[.,]\d)`,
      'g',
    ),
    read: ([, month = '', day = '', year], locale) => sayDate(day, fullMonth(month), year, locale),
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\w./:-])(?:the )?${daySource}(?:st|nd|rd|th)? (?:of )?${monthSource}(?:,? (\d{4}))?(?![\w/:]|[.,]\d)`,
      'g',
    ),
    read: ([, day = '', month = '', year], locale) =>
      sayDate(day, fullMonth(month), year, { ...locale, monthFirst: false }),
  },
  {
    pattern: new RegExp(String.raw`\b${monthSource},? (\d{4})\b(?![.,]\d)`, 'g'),
    read: ([, month = '', year = ''], locale) => `${fullMonth(month)} ${sayYear(year, locale)}`,
  },
];

/** Times of day, with and without "am" and "pm". */
export const timeRules: readonly ReadingRule[] = [
  {
    pattern: /(?<![\w.:])([01]?\d|2[0-3])(?:[:.]([0-5]\d))? ?([ap])(?:m\b|\.m(?:\.(?=\s*\S))?)/gi,
    read: ([, hour = '', minute, half = ''], locale) => {
      const said = sayCardinal(withoutZero(hour), locale);
      return `${said}${sayMinutes(minute, locale, '')} ${half.toUpperCase()} M`;
    },
  },
  {
    pattern: /(?<![\w.:])([01]?\d|2[0-3]):([0-5]\d)(?![\w:]|\.\d)/g,
    read: ([, hour = '', minute = ''], locale) => {
      const isShort = Number(hour) >= 1 && Number(hour) <= 12;
      const said = sayCardinal(hour === '00' ? '0' : withoutZero(hour) || '0', locale);
      return `${said}${sayMinutes(minute, locale, isShort ? " o'clock" : ' hundred')}`;
    },
  },
];

const sayMinutes = (minute: string | undefined, locale: EnglishLocale, atTheHour: string): string => {
  if (minute === undefined) return '';
  if (minute === '00') return atTheHour;
  return minute.startsWith('0')
    ? ` oh ${sayCardinal(minute.slice(1), locale)}`
    : ` ${sayCardinal(minute, locale)}`;
};
