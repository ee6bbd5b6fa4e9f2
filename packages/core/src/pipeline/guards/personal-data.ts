import { type Rail, allowed } from './rail.ts';

const email = /(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24}(?![a-z\d-])/gi;
const card = /(?<!\d)(?:\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}|\d{4}[ -]\d{6}[ -]\d{5}|\d{13,19})(?!\d)/g;
const iban = /(?<![a-z\d])[a-z]{2}\d{2}(?: ?[a-z\d]){11,30}/gi;
/** With a country code, as three groups of 3, 3 and 4, or from a leading zero on. */
const phone = new RegExp(
  [
    String.raw`(?<![\w+])\+\d(?:[ ().\/-]{0,2}\d){7,14}(?!\d)`,
    String.raw`(?<![\w.,-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\d-])`,
    String.raw`(?<![\w.,:-]|\d )0\d{1,4}[ \/-]?\d{2,8}(?:[ -]?\d{2,4}){0,3}(?!\d)`,
  ].join('|'),
  'g',
);
/** A number with a leading zero and fewer digits than this is a code, a time or a quantity. */
const shortestPhone = 9;

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** The check of card numbers. */
const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};

/** The check of account numbers: read as one number with its head at its end it leaves 1 when divided by 97. */
const passesMod97 = (account: string): boolean => {
  let rest = 0;
  for (const char of `${account.slice(4)}${account.slice(0, 4)}`) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
};

/** How much of `match` is an account number; 0 when it is none. Words that follow it look like a part of it. */
const accountLength = (match: string): number => {
  for (let end = match.length; end >= 15; end--) {
    const isBorder = end === match.length || match[end] === ' ';
    if (isBorder && passesMod97(match.slice(0, end).replaceAll(' ', ''))) return end;
  }
  return 0;
};

/**
 * A text without e-mail addresses, account and card numbers whose check digits are right, and phone numbers;
 * what was there is named in brackets.
 */
export const redactPersonalData = (text: string): string =>
  text
    .replace(email, '[e-mail]')
    .replace(iban, (match) => {
      const length = accountLength(match);
      return length === 0 ? match : `[iban]${match.slice(length)}`;
    })
    .replace(card, (match) => (passesLuhn(digitsOf(match)) ? '[card]' : match))
    .replace(phone, (match) => (digitsOf(match).length < shortestPhone ? match : '[phone]'));

export const personalDataRail: Rail = {
  id: 'personal_data',
  inspect: (text) => {
    const redacted = redactPersonalData(text);
    return redacted === text ? allowed : { verdict: 'redact', text: redacted };
  },
};
