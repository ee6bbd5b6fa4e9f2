import { fold, unmask, wordsOf } from './fold.ts';
import {
  orderMarks,
  orderNouns,
  overrideVerbs,
  revealVerbs,
  suspiciousPhrases,
  trailingVerbs,
  unspacedOrders,
} from './injection-words.ts';
import { type Rail, allowed, refused } from './rail.ts';

/** A noun belongs to a verb that is at most this many words before it. */
const reach = 6;
const longestPayload = 4_096;
const maxPayloads = 8;

/** Marks that only the machinery around a model writes. */
const machineMarks =
  /<\|[a-z_]{1,32}\|>|<\/?(?:system|assistant|developer|instructions?)>|\[\/?inst\]|<<\/?sys>>/i;
const roleLine = /^[ \t>*#]{0,8}(?:system|assistant|developer|thought|instructions?)[ \t*]{0,4}:/im;
const base64 = /[A-Za-z\d+/]{24,}={0,2}/g;
const hex = /(?<![a-z\d])(?:[\da-f]{2}[ :]?){16,}/gi;
/** Single letters with something between them, eight and more. */
const spelledOut = /(?:(?<![\p{L}\p{N}])\p{L}[\s._*-]{1,3}){8,}\p{L}?(?![\p{L}\p{N}])/gu;
const spelledOrders = ['ignoreprevious', 'ignoreall', 'ignoreyour', 'ignorethe', 'systemprompt', 'disregard'];
const printable = /^[\t\n\r\x20-\x7e\u00a0-\u{10ffff}]*$/u;

/** How much the words suggest orders to a model. */
const scoreWords = (words: readonly string[]): number => {
  let score = 0;
  let verbAt = Number.NEGATIVE_INFINITY;
  let revealAt = Number.NEGATIVE_INFINITY;
  let markAt = Number.NEGATIVE_INFINITY;
  let markedNounAt = Number.NEGATIVE_INFINITY;
  for (const [at, word] of words.entries()) {
    if (orderNouns.has(word)) {
      const isMarked = markAt > at - reach;
      if (isMarked) markedNounAt = at;
      if (verbAt >= at - reach) score = Math.max(score, isMarked && markAt > verbAt ? 1 : 0.5);
      if (revealAt >= at - reach && isMarked && markAt > revealAt) score = Math.max(score, 0.7);
    }
    if (trailingVerbs.has(word) && markedNounAt > at - reach) score = Math.max(score, 1);
    if (overrideVerbs.has(word)) verbAt = at;
    if (revealVerbs.has(word)) revealAt = at;
    if (orderMarks.has(word)) markAt = at;
  }
  const joined = ` ${words.join(' ')} `;
  for (const [phrase, weight] of Object.entries(suspiciousPhrases)) {
    if (joined.includes(` ${phrase} `)) score += weight;
  }
  return score;
};

/** What is written in base64 or in hexadecimal digits, where that is text. */
const payloads = (text: string): string[] => {
  const decode = (bytes: readonly number[]): string[] => {
    const decoded = new TextDecoder().decode(Uint8Array.from(bytes));
    return decoded.length >= 12 && printable.test(decoded) && !decoded.includes('\ufffd') ? [decoded] : [];
  };
  const fromBase64 = (match: string): string[] => {
    const whole = match.replace(/=+$/, '').slice(0, longestPayload);
    const even = whole.slice(0, whole.length - (whole.length % 4 === 1 ? 1 : 0));
    return decode(Array.from(atob(even), (char) => char.charCodeAt(0)));
  };
  const fromHex = (match: string): string[] => {
    const digits = match.replace(/[^\da-f]/gi, '').slice(0, longestPayload);
    return decode((digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
  };
  return [
    ...(text.match(base64) ?? []).slice(0, maxPayloads).flatMap(fromBase64),
    ...(text.match(hex) ?? []).slice(0, maxPayloads).flatMap(fromHex),
  ];
};

const scoreWritten = (text: string): number => {
  const unmasked = unmask(fold(text));
  let score = scoreWords(wordsOf(unmasked));
  if (machineMarks.test(text)) score += 1;
  if (roleLine.test(text)) score += 0.6;
  if (unspacedOrders.some((order) => order.test(text))) score += 1;
  for (const run of unmasked.match(spelledOut) ?? []) {
    const letters = run.replace(/[^\p{L}]/gu, '');
    score += spelledOrders.some((order) => letters.includes(order)) ? 1 : 0.2;
  }
  return score;
};

/**
 * How much a text looks like orders to the model instead of words to a character: 0 not at all, 1 surely.
 * Reads through case, accents, lookalike letters, digits in words, spelled-out letters, base64 and hex.
 * A heuristic: it misses what it does not know, and may suspect who talks about such texts.
 */
export const scoreInjection = (text: string): number => {
  const hidden = payloads(text).map((payload) => scoreWritten(payload) + 0.3);
  return scoreWritten(text) + Math.max(0, ...hidden);
};

export const injectionRail = (threshold: number): Rail => ({
  id: 'injection',
  inspect: (text) => (scoreInjection(text) >= threshold ? refused : allowed),
});
