import { dotBelongs, opensSentence } from './abbreviations.ts';

const wideEnd = /[。！？｡।॥۔։።]/u;
/** Marks that may end a sentence; the wide ones need no space behind them. */
export const endMark = /[.!?…。！？｡।॥؟۔։።．]/u;
const closer = /["'”’»«)\]」』】）*_~`]/u;
/** Where these close a quotation; elsewhere they open one. */
const lowClosers = new Set('de cs sk sl hr sr bg et lt lv is ka mk'.split(' '));
const lowCloser = /[“‘]/u;

const ideograph = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Georgian letters are lower case by name alone. */
const lowerCase = /^(?!\p{Script=Georgian})\p{Ll}/u;
const upperCase = /^\p{Lu}/u;
const caseless = /^(?:\p{Lo}|\p{Script=Georgian})/u;
const dashes = /^[—–]\s?/u;
const space = /\s/;
const highSurrogate = /[\ud800-\udbff]$/;
const word = /^[\p{L}\p{M}\p{N}]+/u;

const picture =
  /^(?:(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Emoji_Modifier}|[\ufe0f\u20e3\u200d])(?:\u200d\p{Extended_Pictographic})?)+/u;
/** The first unit of something that may be an emoji. */
const maybePicture = /[\u203c-\u2bff\u3030\u303d\u3297\u3299\ud83c-\ud83e]/;

/** How far ahead a decision may look: spaces behind a mark, and the word behind them. */
const longestGap = 64;
const longestWord = 24;

/** Where a sentence ends, that it does not end here (and where to go on looking), or that more text is needed. */
export type EndVerdict = { readonly end: number } | { readonly goOnAt: number } | 'more';

/** Text to be cut. `limit`: no sentence may be longer. `isComplete`: no more text will come. */
export interface Scanned {
  readonly text: string;
  readonly limit: number;
  readonly isComplete: boolean;
  readonly language: string;
}

const isCloser = (char: string, language: string): boolean =>
  closer.test(char) || (lowClosers.has(language) && lowCloser.test(char));

const afterSpaces = (text: string, at: number): number => {
  let next = at;
  while (next < text.length && next - at < longestGap && space.test(text[next]!) && text[next] !== '\n')
    next++;
  return next;
};

/** The end of the emoji at `at`, `at` itself where there is none, `more` where that cannot be told yet. */
const afterPictures = ({ text, isComplete }: Scanned, at: number): number | 'more' => {
  if (at === text.length) return isComplete ? at : 'more';
  if (!maybePicture.test(text[at]!)) return at;
  const window = text.slice(at, at + 2 * longestWord);
  const length = picture.exec(window)?.[0].length ?? 0;
  // The next unit may belong to the picture: a variation selector, a joiner, the second half of a pair.
  if (!isComplete && window.length < 2 * longestWord && length + 2 > window.length) return 'more';
  return at + length;
};

/** The word that ends at `end`, a dot, without the marks before it. */
const wordBefore = (text: string, end: number) => {
  let from = end;
  while (from > 0 && end - from < longestWord + 2 && !space.test(text[from - 1]!)) from--;
  const before = text.slice(0, from).trimEnd();
  return {
    word: text.slice(from, end).replace(/^(?:[^\p{L}\p{N}]+|\p{L}{1,4}['’])+/u, ''),
    isFirst: before === '',
    followsColon: before.endsWith(':'),
  };
};

interface Mark {
  readonly at: number;
  readonly marks: string;
  readonly isClosed: boolean;
}

/** Whether the sentence goes on after a mark and a space; `next` is where text begins again. */
const goesOn = (scanned: Scanned, { at, marks, isClosed }: Mark, next: number): boolean | 'more' => {
  const { text, isComplete, language } = scanned;
  const following = text.slice(next, next + longestWord + 2);
  if (!isComplete && next + following.length === text.length) {
    const isCut = highSurrogate.test(following) || dashes.exec(following)?.[0].length === following.length;
    if (isCut) return 'more';
  }
  const isDots = /^[.…]+$/.test(marks);
  if (lowerCase.test(following) && (isDots || isClosed)) return true;
  if (dashes.test(following) && lowerCase.test(following.replace(dashes, ''))) return true;
  const trailsOff = isDots && marks !== '.' && !isClosed;
  const isQuestion = !isDots && isClosed;
  if (caseless.test(following) && (trailsOff || isQuestion)) return true;
  if (marks !== '.') return false;
  const belongs = dotBelongs({ ...wordBefore(text, at), following, language });
  if (belongs !== 'depends') return belongs === 'yes';
  const first = word.exec(following)?.[0] ?? '';
  if (!isComplete && next + first.length === text.length && first.length < longestWord) return 'more';
  return !opensSentence(first, language);
};

/** What to make of the mark at `at`, which is an `endMark`. */
export const judgeMark = (scanned: Scanned, at: number): EndVerdict => {
  const { text, limit, isComplete, language } = scanned;
  const size = Math.min(text.length, limit);
  let marked = at + 1;
  while (marked < size && endMark.test(text[marked]!)) marked++;
  let closed = marked;
  while (closed < size && isCloser(text[closed]!, language)) closed++;
  if (closed === text.length) return isComplete ? { end: closed } : 'more';
  const marks = text.slice(at, marked);
  if (closed === limit && (endMark.test(text[closed]!) || isCloser(text[closed]!, language)))
    return { goOnAt: closed };

  const isFullStop = marks === '．' && !/\p{N}/u.test(text[closed]!);
  if (wideEnd.test(marks) || isFullStop || (/^[!?]+$/.test(marks) && ideograph.test(text[closed]!))) {
    const isQuoted = language === 'ja' && closed > marked && /[とっ]/u.test(text[closed]!);
    if (isQuoted) return { goOnAt: closed };
    const pictured = afterPictures(scanned, closed);
    return pictured === 'more' ? 'more' : { end: pictured <= limit ? pictured : closed };
  }
  const pictured = afterPictures(scanned, closed);
  if (pictured === 'more') return 'more';
  if (pictured > closed && pictured <= limit) return { end: pictured };
  if (!space.test(text[closed]!)) return { goOnAt: closed };

  let isClosed = closed > marked;
  if (language === 'fr' && text[closed] !== '\n' && closed + 2 <= limit) {
    if (closed + 1 === text.length && !isComplete) return 'more';
    if (text[closed + 1] === '»') {
      closed += 2;
      isClosed = true;
    }
  }
  const next = afterSpaces(text, closed);
  if (next === text.length) return isComplete ? { end: next } : 'more';
  if (text[next] === '\n') return { end: next };
  const shown = afterPictures(scanned, next);
  if (shown === 'more') return 'more';
  if (shown > next && shown <= limit) return { end: shown };
  const verdict = goesOn(scanned, { at: marked - 1, marks, isClosed }, next);
  if (verdict === 'more') return 'more';
  return verdict ? { goOnAt: closed } : { end: next };
};

/** What to make of what may be an emoji at `at`: before a capital letter it ends a sentence that has no other mark. */
export const judgePicture = (scanned: Scanned, at: number): EndVerdict => {
  const { text, limit, isComplete, language } = scanned;
  const pictured = afterPictures(scanned, at);
  if (pictured === 'more') return 'more';
  if (pictured === at) return { goOnAt: at + 1 };
  const next = afterSpaces(text, pictured);
  if (next === text.length) return isComplete ? { goOnAt: next } : 'more';
  if (next === pictured || pictured > limit || !upperCase.test(text.slice(next, next + 2)))
    return { goOnAt: pictured };
  if (language !== 'de') return { end: next };
  const first = word.exec(text.slice(next, next + longestWord))?.[0] ?? '';
  if (!isComplete && next + first.length === text.length && first.length < longestWord) return 'more';
  return opensSentence(first, language) ? { end: next } : { goOnAt: pictured };
};

/** Whether `unit` may begin an emoji. */
export const mayBePicture = (unit: string): boolean => maybePicture.test(unit);

/** Whether a text that ends like this could be a whole sentence. */
export const couldEnd = (text: string, language: string): boolean => {
  let closed = text.length;
  while (closed > 0 && isCloser(text[closed - 1]!, language)) closed--;
  let marked = closed;
  while (marked > 0 && endMark.test(text[marked - 1]!)) marked--;
  const marks = text.slice(marked, closed);
  if (marks === '') return false;
  if (marks !== '.') return true;
  return dotBelongs({ ...wordBefore(text, closed - 1), following: '', language }) === 'no';
};
