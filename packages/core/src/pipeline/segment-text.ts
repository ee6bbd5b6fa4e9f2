import { primaryTag } from '../domain/language.ts';
import {
  type EndVerdict,
  type Scanned,
  couldEnd,
  endMark,
  judgeMark,
  judgePicture,
  mayBePicture,
} from './sentence-end.ts';

/** Longest text of one synthesis call, in characters of an alphabet; an ideograph counts as three. */
export const longestSentence = 240;
/** The first clause may go out alone once this much text waits for a sentence end. */
const earlyAfter = 60;
const shortestClause = 24;
/** A backtick that has no partner this near is no code. */
const longestInlineCode = 120;

const fence = '```';
const clauseMark = /[,;:–—،؛]\s/u;
const wideClauseMark = /[，、；：]/u;

const isWide = (code: number): boolean =>
  (code >= 0x2e80 && code <= 0x9fff) ||
  (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xff00 && code <= 0xff60);

/** How many units of `text` have at most this weight together. */
const reach = (text: string, weight: number): number => {
  if (text.length * 3 <= weight) return text.length;
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    sum += isWide(text.charCodeAt(i)) ? 3 : 1;
    if (sum > weight) return i;
  }
  return text.length;
};

/** How a piece is set off from what comes before it. */
export type Opening = 'sentence' | 'line' | 'paragraph';

/** A piece of a reply that is spoken in one go, or a piece of code, which is not spoken. */
export interface Segment {
  readonly kind: 'speech' | 'code';
  /** Trimmed, never empty. */
  readonly text: string;
  readonly opens: Opening;
}

export interface Segmenter {
  /** Segments that are certainly complete with this delta. */
  push(delta: string): Segment[];
  /** What is left. */
  flush(): Segment[];
  /** True when the waiting text could end here; a change of mood may then cut it. */
  atSentenceEnd(): boolean;
  isEmpty(): boolean;
}

/** What can stand at a place of a text besides ordinary text. */
type Place = 'text' | 'space' | 'line_end' | 'mark' | 'backtick' | 'picture';

const asciiPlaces: readonly Place[] = Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (char === '\n') return 'line_end';
  if (char === '`') return 'backtick';
  if (endMark.test(char)) return 'mark';
  return /\s/.test(char) ? 'space' : 'text';
});

const placeAt = (text: string, at: number, isGreek: boolean): Place => {
  const char = text[at]!;
  if (isGreek && (char === ';' || char === '\u037e')) return 'mark';
  const ascii = asciiPlaces[char.charCodeAt(0)];
  if (ascii !== undefined) return ascii;
  if (endMark.test(char)) return 'mark';
  if (mayBePicture(char)) return 'picture';
  return /\s/.test(char) ? 'space' : 'text';
};

/** A cut inside a sentence that is too long: after a clause, else between words, else anywhere. */
const cutLong = (window: string): number => {
  const least = window.length / 3;
  for (let i = window.length - 1; i > least; i--) {
    if (clauseMark.test(window.slice(i - 1, i + 1)) || wideClauseMark.test(window[i]!)) return i + 1;
  }
  const space = window.lastIndexOf(' ');
  if (space > least) return space;
  return /[\ud800-\udbff]$/.test(window) ? window.length - 1 : window.length;
};

const lineBreaks = (gap: string): number => gap.split('\n').length - 1;

/**
 * Cuts streaming text into speakable sentences, the same ones however the text is cut into deltas, save
 * that the first clause of a long opening sentence may go out alone. A line break ends a sentence too. Fenced
 * code comes in pieces of its own; inline code is never cut. Works in linear time, whatever the text.
 */
export const createSegmenter = (locale: string): Segmenter => {
  const language = primaryTag(locale);
  let waiting = '';
  /** What of `waiting` has been looked at and holds no end. */
  let scannedTo = 0;
  let hasText = false;
  let begun = false;
  let code: 'none' | 'opens' | 'inside' = 'none';
  let breaks = 0;

  /** Past inline code, or to the fence, at a backtick. */
  const judgeBacktick = ({ text, limit, isComplete }: Scanned, at: number): EndVerdict => {
    if (!isComplete && fence.startsWith(text.slice(at)) && text.length < at + fence.length) return 'more';
    if (text.startsWith(fence, at)) return { end: at };
    const nearEnough = at + longestInlineCode;
    const furthest = text.length > limit ? Math.min(limit, nearEnough) : nearEnough;
    const line = text.slice(at + 1, furthest).split('\n', 1)[0]!;
    const close = line.indexOf('`');
    if (close !== -1) return { goOnAt: at + close + 2 };
    const isWhole = isComplete || text.length >= furthest || at + 1 + line.length < text.length;
    return isWhole ? { goOnAt: at + 1 } : 'more';
  };

  const judge = (scanned: Scanned, at: number, place: Exclude<Place, 'text' | 'space'>): EndVerdict => {
    switch (place) {
      case 'line_end':
        return hasText ? { end: at + 1 } : { goOnAt: at + 1 };
      case 'backtick':
        return judgeBacktick(scanned, at);
      case 'mark':
        return judgeMark(scanned, at);
      case 'picture':
    }
    return judgePicture(scanned, at);
  };

  /** Where the first sentence ends, `more` when that depends on what follows, `none` within the limit. */
  const findEnd = (scanned: Scanned): number | 'more' | 'none' => {
    const size = Math.min(scanned.text.length, scanned.limit);
    while (scannedTo < size) {
      const place = placeAt(scanned.text, scannedTo, language === 'el');
      if (place === 'text' || place === 'space') {
        hasText ||= place === 'text';
        scannedTo += 1;
        continue;
      }
      const verdict = judge(scanned, scannedTo, place);
      if (verdict === 'more') return 'more';
      if ('end' in verdict) return verdict.end;
      hasText ||= place !== 'line_end';
      scannedTo = verdict.goOnAt;
    }
    return 'none';
  };

  const take = (end: number, kind: Segment['kind']): Segment[] => {
    const raw = waiting.slice(0, end);
    waiting = waiting.slice(end);
    scannedTo = 0;
    hasText = false;
    const text = raw.trim();
    if (text === '') {
      breaks += lineBreaks(raw);
      return [];
    }
    const from = raw.indexOf(text);
    breaks += lineBreaks(raw.slice(0, from));
    const opens = breaks > 1 ? 'paragraph' : breaks === 1 ? 'line' : 'sentence';
    breaks = lineBreaks(raw.slice(from + text.length));
    begun = true;
    return [{ kind, text, opens }];
  };

  const takeSpeech = (isComplete: boolean): Segment[] | undefined => {
    if (waiting === '') return undefined;
    const limit = reach(waiting, longestSentence);
    const end = findEnd({ text: waiting, limit, isComplete, language });
    if (end === 'more') return undefined;
    if (end === 'none') {
      if (waiting.length > limit) return take(cutLong(waiting.slice(0, limit)), 'speech');
      return isComplete ? take(waiting.length, 'speech') : undefined;
    }
    if (waiting.startsWith(fence, end) && waiting.slice(0, end).trim() === '') code = 'opens';
    return take(end, 'speech');
  };

  /** The next piece of fenced code: up to its last fence, else a line, else as much as is sent at once. */
  const takeCode = (isComplete: boolean): Segment[] | undefined => {
    if (waiting === '') return undefined;
    const close = waiting.indexOf(fence, code === 'opens' ? fence.length : 0);
    const lineEnd = waiting.indexOf('\n');
    const end = Math.min(
      close === -1 ? Number.POSITIVE_INFINITY : close + fence.length,
      lineEnd === -1 ? Number.POSITIVE_INFINITY : lineEnd + 1,
      waiting.length < longestSentence + fence.length ? Number.POSITIVE_INFINITY : longestSentence,
    );
    if (end === Number.POSITIVE_INFINITY && !isComplete) return undefined;
    code = end === close + fence.length && close !== -1 ? 'none' : 'inside';
    return take(Math.min(end, waiting.length), 'code');
  };

  const drain = (isComplete: boolean): Segment[] => {
    const segments: Segment[] = [];
    for (;;) {
      const taken = code === 'none' ? takeSpeech(isComplete) : takeCode(isComplete);
      if (taken === undefined) return segments;
      segments.push(...taken);
    }
  };

  const takeEarlyClause = (): Segment[] => {
    if (begun || code !== 'none' || waiting.includes('`')) return [];
    if (reach(waiting, earlyAfter - 1) === waiting.length) return [];
    for (let end = reach(waiting, shortestClause); end < waiting.length - 1; end++) {
      const isClause = clauseMark.test(waiting.slice(end - 1, end + 1)) || wideClauseMark.test(waiting[end]!);
      if (isClause && /\S/.test(waiting[end + 1]!)) return take(end + 1, 'speech');
    }
    return [];
  };

  return {
    push: (delta) => {
      waiting += delta;
      return [...drain(false), ...takeEarlyClause()];
    },
    flush: () => {
      const rest = drain(true);
      code = 'none';
      return rest;
    },
    atSentenceEnd: () => code === 'none' && couldEnd(waiting.trimEnd(), language),
    isEmpty: () => waiting.trim() === '',
  };
};
