import { isAbbreviation } from './abbreviations.ts';

/** Longest text of one synthesis call, in characters of an alphabet; an ideograph counts as three. */
const longestSentence = 240;
/** The first clause may go out alone once this much text waits for a sentence end. */
const earlyAfter = 60;
const shortestClause = 24;

const endMark = /[.!?…。！？｡।॥؟۔]/u;
const wideEndMark = /[。！？｡।॥؟۔]/u;
const closer = /["'”’»«)\]」』】）*_~`]/u;
const ideograph = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Georgian letters are lower case by name alone. */
const lowerCase = /^(?!\p{Script=Georgian})\p{Ll}/u;
const clauseMark = /[,;:–—،؛]\s/u;
const wideClauseMark = /[，、；：]/u;
const ending = /([.!?…。！？｡।॥؟۔]+)(["'”’»«)\]」』】）*_~`]*)$/u;

const isWide = (code: number): boolean =>
  (code >= 0x2e80 && code <= 0x9fff) ||
  (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xff00 && code <= 0xff60);

/** How much of `text` has at most this weight. */
const reach = (text: string, weight: number): number => {
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    sum += isWide(text.charCodeAt(i)) ? 3 : 1;
    if (sum > weight) return i;
  }
  return text.length;
};

/** Whether a sentence ends with `before`, whose last mark is `marks`, when `next` follows after a space. */
const endsSentence = (before: string, marks: string, isClosed: boolean, next: string, language: string) => {
  const isDot = marks === '.' || marks === '…' || /^\.+$/.test(marks);
  if (lowerCase.test(next) && (isDot || isClosed)) return false;
  return marks !== '.' || !isAbbreviation(before, next, language);
};

export interface Segmenter {
  /** Sentences that are certainly complete with this delta. */
  push(delta: string): string[];
  /** What is left. */
  flush(): string[];
  /** True when the waiting text could end here; a change of mood may then cut it. */
  atSentenceEnd(): boolean;
  isEmpty(): boolean;
}

/**
 * Cuts streaming text into speakable sentences, the same ones however the text is cut into deltas, save
 * that the first clause of a long opening sentence may go out alone. A line break ends a sentence too.
 * Sentences come trimmed and never empty. Works in linear time, whatever the text.
 */
export const createSegmenter = (locale: string): Segmenter => {
  const language = locale.toLowerCase().split('-')[0] ?? 'en';
  let waiting = '';
  let begun = false;

  /** Where the first sentence ends, `more` when that depends on what follows, `none` within `limit`. */
  const findEnd = (text: string, limit: number): number | 'more' | 'none' => {
    let started = false;
    for (let i = 0; i <= limit && i < text.length; i++) {
      const char = text[i]!;
      if (char === '\n' && started) return i + 1;
      if (!/\s/.test(char)) started = true;
      if (!endMark.test(char)) continue;
      let marked = i + 1;
      while (marked < text.length && endMark.test(text[marked]!)) marked++;
      let closed = marked;
      while (closed < text.length && closer.test(text[closed]!)) closed++;
      if (closed === text.length) return 'more';
      const marks = text.slice(i, marked);
      const following = text[closed]!;
      if (wideEndMark.test(marks) || (/^[!?]+$/.test(marks) && ideograph.test(following))) return closed;
      if (/\s/.test(following)) {
        if (language === 'fr' && following !== '\n' && text[closed + 1] === '»') closed += 2;
        let next = closed;
        while (next < text.length && /\s/.test(text[next]!) && text[next] !== '\n') next++;
        if (next === text.length) return 'more';
        const isClosed = closed > marked;
        const ends = endsSentence(
          text.slice(0, marked),
          marks,
          isClosed,
          text.slice(next, next + 2),
          language,
        );
        if (text[next] === '\n' || ends) return next;
      }
      i = closed - 1;
    }
    return 'none';
  };

  /** A cut inside a sentence that is too long: after a clause, else between words, else anywhere. */
  const cutLong = (window: string): number => {
    const least = window.length / 3;
    let clause = 0;
    for (let i = window.length - 1; i > least && clause === 0; i--) {
      if (clauseMark.test(window.slice(i - 1, i + 1)) || wideClauseMark.test(window[i]!)) clause = i + 1;
    }
    if (clause > 0) return clause;
    const space = window.lastIndexOf(' ');
    if (space > least) return space;
    const splitsPair = /[\ud800-\udbff]$/.test(window);
    return splitsPair ? window.length - 1 : window.length;
  };

  const take = (end: number): string[] => {
    const text = waiting.slice(0, end).trim();
    waiting = waiting.slice(end);
    if (text === '') return [];
    begun = true;
    return [text];
  };

  const drain = (): string[] => {
    const sentences: string[] = [];
    for (;;) {
      const limit = reach(waiting, longestSentence);
      const end = findEnd(waiting, limit);
      if (end === 'more' || (end === 'none' && waiting.length <= limit)) return sentences;
      sentences.push(...take(end === 'none' ? cutLong(waiting.slice(0, limit)) : end));
    }
  };

  const takeEarlyClause = (): string[] => {
    if (begun || reach(waiting, earlyAfter - 1) === waiting.length) return [];
    for (let end = reach(waiting, shortestClause); end < waiting.length - 1; end++) {
      const isClause = clauseMark.test(waiting.slice(end - 1, end + 1)) || wideClauseMark.test(waiting[end]!);
      if (isClause && /\S/.test(waiting[end + 1]!)) return take(end + 1);
    }
    return [];
  };

  return {
    push: (delta) => {
      waiting += delta;
      return [...drain(), ...takeEarlyClause()];
    },
    flush: () => [...drain(), ...take(waiting.length)],
    atSentenceEnd: () => {
      const text = waiting.trimEnd();
      const match = ending.exec(text);
      if (match === null) return false;
      const [, marks = '', closers = ''] = match;
      const before = text.slice(0, text.length - closers.length);
      return wideEndMark.test(marks) || endsSentence(before, marks, closers !== '', '', language);
    },
    isEmpty: () => waiting.trim() === '',
  };
};
