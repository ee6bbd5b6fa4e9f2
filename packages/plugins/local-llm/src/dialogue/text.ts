/** Intents look at this many characters of a message; the rest is only counted. */
export const readChars = 1_000;

const markup = /[[\]{}<>*_`#|~\\^]/gu;
const unspeakable = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\p{M}{3,}|\p{C}/gu;

/** What a user wrote, made safe to speak: no tags, markup, links, pictures or control characters. */
export const plain = (text: string, maxChars = 200): string => {
  const clean = text
    .slice(0, readChars)
    .replace(/\[[^\]]{0,40}\]/gu, ' ')
    .replace(/\bhttps?:\S+/giu, 'that link')
    .replace(/\s/gu, ' ')
    .replace(unspeakable, '')
    .replace(markup, ' ')
    .replace(/ {2,}/gu, ' ')
    .trim();
  if (clean.length <= maxChars) return clean;
  const cut = clean.lastIndexOf(' ', maxChars);
  return clean.slice(0, cut > 0 ? cut : maxChars).replace(/[\uD800-\uDBFF]$/u, '');
};

/** The reply without its style hints: what is heard of it. */
export const withoutHints = (reply: string): string => reply.replace(/\[[a-z]{1,12}:[\d.]{1,4}\] ?/gu, '');

/** Sentences with the white space after them; a dot inside a word ends nothing. */
export const sentences = (text: string): string[] => text.match(/\S[\s\S]*?(?:[.!?]+(?=\s|$)\s*|$)/gu) ?? [];

/** Makes the first letter a capital and leaves the rest. */
export const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Ends a piece of text the way a sentence ends. */
export const asSentence = (text: string): string => (/[.!?]$/u.test(text) ? text : `${text}.`);

const shortForms: readonly (readonly [RegExp, string])[] = [
  [/\bcan't\b|\bcant\b/g, 'can not'],
  [/\bwon't\b/g, 'will not'],
  [/n't\b/g, ' not'],
  [/\bdont\b/g, 'do not'],
  [/\bi'?m\b/g, 'i am'],
  [/\bi've\b/g, 'i have'],
  [/\b(you|we|they)'re\b/g, '$1 are'],
  [/\b(what|who|where|how|that|it|name|there)'s\b/g, '$1 is'],
  [/\bwhats\b/g, 'what is'],
  [/\b(i|you|we|it)'d\b/g, '$1 would'],
  [/\blet's\b/g, 'let us'],
  [/\bu\b/g, 'you'],
];

/** Lower case, short forms written out, words only, one space between. */
export const normalise = (text: string): string => {
  let words = text.slice(0, readChars).normalize('NFC').toLowerCase().replace(/[’‘]/g, "'");
  for (const [short, long] of shortForms) words = words.replace(short, long);
  return words.replace(/[^\p{L}\p{M}\p{N}']+/gu, ' ').trim();
};

const politeness =
  /^(?:hey|hi|hello|ok|okay|please|now|so|then|and|well|just|(?:can|could|would|will) you|i (?:want|need) you to|i would like you to|try to) /;

/** A request without its wrapping: "Mira, could you please sing" is "sing". */
const unwrap = (words: string, name: string): string => {
  let rest = words;
  for (let round = 0; round < 5; round++) {
    if (name !== '' && rest.startsWith(`${name} `)) rest = rest.slice(name.length + 1);
    rest = rest.replace(politeness, '');
  }
  return rest.replace(/ please$/, '');
};

/** One message of the user in the forms the intents look at. */
export interface Said {
  readonly raw: string;
  /** Normalised words. */
  readonly text: string;
  /** `text` without "could you please". */
  readonly request: string;
  readonly question: boolean;
}

/** `name`: what the listener is called, so that being addressed by it changes nothing. */
export const hear = (raw: string, name = ''): Said => {
  const text = normalise(raw);
  return { raw, text, request: unwrap(text, normalise(name)), question: /\?\s*$/u.test(raw.slice(-20)) };
};
