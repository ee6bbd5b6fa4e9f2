import type { WordTiming } from '../domain/media.ts';

/** A word is looked for this many characters on: one that is spoken otherwise than written must not lead astray. */
const horizon = 200;

/** What ends a word or a sentence without a sound of its own. */
const closingMarks = /^[^\s\p{L}\p{N}]+(?=\s|$)/u;

/**
 * The part of a reply that was spoken before `playheadUs`. A word counts from its middle on. Words are
 * looked up in the text in order, so punctuation between them is kept, and after a whole word too.
 */
export const heardText = (reply: string, words: readonly WordTiming[], playheadUs: number): string => {
  let end = 0;
  for (const word of words) {
    if (word.startUs + word.durationUs / 2 > playheadUs) break;
    const at = reply.slice(end, end + horizon).indexOf(word.text);
    if (at === -1) continue;
    end += at + word.text.length;
    if (word.startUs + word.durationUs <= playheadUs)
      end += closingMarks.exec(reply.slice(end))?.[0].length ?? 0;
  }
  return reply.slice(0, end);
};
