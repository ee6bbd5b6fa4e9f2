import type { WordTiming } from '../domain/media.ts';

/** A word is looked for this many characters on: one that is spoken otherwise than written must not lead astray. */
const horizon = 200;

/**
 * The part of a reply that was spoken before `playheadUs`. A word counts from its middle on. Words are
 * looked up in the text in order, so punctuation between them is kept.
 */
export const heardText = (reply: string, words: readonly WordTiming[], playheadUs: number): string => {
  let end = 0;
  for (const word of words) {
    if (word.startUs + word.durationUs / 2 > playheadUs) break;
    const at = reply.slice(end, end + horizon).indexOf(word.text);
    if (at !== -1) end += at + word.text.length;
  }
  return reply.slice(0, end);
};
