/** Letters of other alphabets that look like Latin ones. */
const lookalikes: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ј: 'j',
  ѕ: 's',
  ԁ: 'd',
  ο: 'o',
  α: 'a',
  ε: 'e',
  ι: 'i',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  ν: 'v',
};
const digits: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

const words = /[\p{L}\p{N}]+/gu;
const asciiWords = /[a-z\d]+/g;
// oxlint-disable-next-line no-control-regex -- all of ASCII
const ascii = /^[\u0000-\u007f]*$/;

/** A text without case, accents and width. */
export const fold = (text: string): string =>
  ascii.test(text) ? text.toLowerCase() : text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The words of a folded text. */
export const wordsOf = (folded: string): string[] =>
  folded.match(ascii.test(folded) ? asciiWords : words) ?? [];

/** The words of a text, folded. */
export const foldWords = (text: string): string[] => wordsOf(fold(text));

/** A folded text as somebody reads it who wants to: lookalikes of other alphabets, and digits inside words, as Latin letters. */
export const unmask = (folded: string): string =>
  folded
    .replace(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu, (letter) => lookalikes[letter] ?? letter)
    .replace(/(?<=[a-z])[013457@$]|[013457@$](?=[a-z])/g, (mark) => digits[mark] ?? mark);
