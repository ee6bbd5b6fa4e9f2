import { numberSource, sayAmount, sayNumber } from './numbers.ts';
import type { EnglishLocale, ReadingRule } from './spoken-text.ts';

type Names = readonly [singular: string, plural: string];
interface Currency {
  readonly names: Names;
  /** A hundredth of it, where it has one that is spoken. */
  readonly parts?: Names;
}

const cents: Names = ['cent', 'cents'];
const currencies: Readonly<Record<string, Currency>> = {
  $: { names: ['dollar', 'dollars'], parts: cents },
  US$: { names: ['US dollar', 'US dollars'], parts: cents },
  '€': { names: ['euro', 'euros'], parts: cents },
  '£': { names: ['pound', 'pounds'], parts: ['penny', 'pence'] },
  '¥': { names: ['yen', 'yen'] },
  '₹': { names: ['rupee', 'rupees'], parts: ['paisa', 'paise'] },
  '₩': { names: ['won', 'won'] },
  '₺': { names: ['lira', 'lira'] },
  USD: { names: ['US dollar', 'US dollars'], parts: cents },
  EUR: { names: ['euro', 'euros'], parts: cents },
  GBP: { names: ['pound', 'pounds'], parts: ['penny', 'pence'] },
  JPY: { names: ['yen', 'yen'] },
  INR: { names: ['rupee', 'rupees'] },
  CNY: { names: ['yuan', 'yuan'] },
  CHF: { names: ['Swiss franc', 'Swiss francs'] },
  CAD: { names: ['Canadian dollar', 'Canadian dollars'], parts: cents },
  AUD: { names: ['Australian dollar', 'Australian dollars'], parts: cents },
};

const magnitudes: Readonly<Record<string, string>> = {
  k: 'thousand',
  m: 'million',
  mn: 'million',
  b: 'billion',
  bn: 'billion',
  t: 'trillion',
  tn: 'trillion',
};

const magnitudeSource = '(?: ?(thousand|million|billion|trillion)|([kmbt]n?))?';
const symbolSource = String.raw`(US\$|[$€£¥₹₩₺]|\b(?:USD|EUR|GBP|JPY|INR|CNY|CHF|CAD|AUD) ?)`;
/** In a range the symbol may stand twice: "$20-$30". */
const symbolRangeSource = String.raw`(${numberSource})(?: ?[-–—] ?(?:US\$|[$€£¥₹₩₺])?(${numberSource}))?`;
const rangeSource = String.raw`(${numberSource})(?: ?[-–—] ?(${numberSource}))?`;

interface Money {
  readonly symbol: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly magnitude: string | undefined;
}

const sayMoney = ({ symbol, from, to, magnitude }: Money, locale: EnglishLocale): string | undefined => {
  const currency = currencies[symbol.trim()];
  if (currency === undefined) return undefined;
  const { names, parts } = currency;
  if (magnitude !== undefined)
    return sayAmount(from, to, [`${magnitude} ${names[1]}`, `${magnitude} ${names[1]}`], locale);
  const [whole = '', small] = from.split('.');
  if (to !== undefined || small?.length !== 2 || parts === undefined)
    return sayAmount(from, to, names, locale);
  const rest = small === '00' ? undefined : sayAmount(small.replace(/^0/, ''), undefined, parts, locale);
  if (rest !== undefined && Number(whole.replaceAll(',', '')) === 0) return rest;
  const said = sayAmount(whole, undefined, names, locale);
  return rest === undefined ? said : `${said} and ${rest}`;
};

/** Sums of money, before or after which their currency stands, and percentages. */
export const amountRules: readonly ReadingRule[] = [
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}\p{N}])(-?)${symbolSource} ?${symbolRangeSource}${magnitudeSource}(?![\w/]|[.,]\d)`,
      'giu',
    ),
    read: ([, minus, symbol = '', from = '', to, word, letter], locale) => {
      const magnitude = word?.toLowerCase() ?? (letter && magnitudes[letter.toLowerCase()]);
      const said = sayMoney({ symbol: symbol.toUpperCase(), from, to, magnitude }, locale);
      return said && (minus === '-' ? `minus ${said}` : said);
    },
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}\p{N}.,$€£/-])${rangeSource}${magnitudeSource} ?([€£¥₹₩₺]|(?:USD|EUR|GBP|JPY|INR|CNY|CHF|CAD|AUD)\b)`,
      'gu',
    ),
    read: ([, from = '', to, word, letter, symbol = ''], locale) =>
      sayMoney({ symbol, from, to, magnitude: word ?? (letter && magnitudes[letter]) }, locale),
  },
  {
    pattern: new RegExp(String.raw`(?<![\p{L}\p{N}.,])(-?)${rangeSource} ?%`, 'gu'),
    read: ([, minus, from = '', to], locale) =>
      `${minus === '-' ? 'minus ' : ''}${sayAmount(from, to, ['percent', 'percent'], locale)}`,
  },
  {
    pattern: new RegExp(String.raw`(?<![\p{L}\p{N}.,$])(${numberSource})(k|bn|m)\b(?![\p{L}/²³])`, 'gu'),
    read: ([, number = '', letter = ''], locale) =>
      letter === 'm' ? undefined : `${sayNumber(number, locale)} ${magnitudes[letter]}`,
  },
];
