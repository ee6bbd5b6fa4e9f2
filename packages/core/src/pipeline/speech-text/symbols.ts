import type { ReadingRule } from './spoken-text.ts';

/** Signs that are read as a word wherever they are left. */
export const symbols: Readonly<Record<string, string>> = {
  '&': 'and',
  '%': 'percent',
  '@': 'at',
  '°': 'degrees',
  '=': 'equals',
  '×': 'times',
  '÷': 'divided by',
  '±': 'plus or minus',
  '≈': 'about',
  '≠': 'is not equal to',
  '≤': 'at most',
  '≥': 'at least',
  '²': 'squared',
  '³': 'cubed',
  '§': 'section',
  '¶': 'paragraph',
  '∞': 'infinity',
  '√': 'the square root of',
  π: 'pi',
  '→': 'to',
};

/** Signs that are read between two numbers, or with a space on both sides. */
const betweenNumbers: Readonly<Record<string, string>> = {
  '+': 'plus',
  '*': 'times',
  '<': 'is less than',
  '>': 'is greater than',
  '^': 'to the power of',
  '/': 'over',
};

const classOf = (signs: Readonly<Record<string, string>>): string =>
  Object.keys(signs)
    .map((sign) => (/[\^\]\\-]/.test(sign) ? `\\${sign}` : sign))
    .join('');

/** Single signs. */
export const symbolRules: readonly ReadingRule[] = [
  {
    pattern: new RegExp(
      String.raw`(?<=\d) ?[${classOf(betweenNumbers)}] ?(?=\d)|(?<=[\p{L}\p{N})]) [+*<>] (?=[\p{L}\p{N}(])`,
      'gu',
    ),
    read: ([sign]) => ` ${betweenNumbers[sign.trim()]!} `,
  },
  { pattern: /~(?=\d)/g, read: () => 'about ' },
  { pattern: /[™®©]/gu, read: () => '' },
  { pattern: /(?<=\p{L})\/(?=\p{L})/gu, read: () => ' ' },
  { pattern: new RegExp(` ?[${classOf(symbols)}] ?`, 'gu'), read: ([sign]) => ` ${symbols[sign.trim()]!} ` },
];
