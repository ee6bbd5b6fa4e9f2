import type { WordTiming } from '../domain/media.ts';

/**
 * The part of a reply that was spoken before `playheadUs`. A word counts from its middle on. Words are
 * looked up in the text in order, so punctuation between them is kept.
 */
export const heardText = (reply: string, words: readonly WordTiming[], playheadUs: number): string => {
  let end = 0;
  for (const word of words) {
    if (word.startUs + word.durationUs / 2 > playheadUs) break;
    const at = reply.indexOf(word.text, end);
    if (at !== -1) end = at + word.text.length;
  }
  return reply.slice(0, end);
};
