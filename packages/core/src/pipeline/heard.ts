import type { WordTiming } from '../domain/media.ts';

/** A word is looked for this many characters on: one that is spoken otherwise than written must not lead astray. */
const horizon = 200;

/** What ends a word or a sentence without a sound of its own. */
const closingMarks = /^[^\s\p{L}\p{N}]+(?=\s|$)/u;

/** What is written in a reply and never spoken: fenced code and where links lead. */
const unspoken = /```[^]*?(?:```|$)|(?<=\])\([^)\s]*\)/g;
const blank = '\0';

const blanksIn = (text: string): number => text.split(blank).length - 1;

/**
 * The part of a reply that was spoken before `playheadUs`. A word counts from its middle on. Words are
 * looked up in the text in order, so punctuation between them is kept, and after a whole word too.
 */
export const heardText = (reply: string, words: readonly WordTiming[], playheadUs: number): string => {
  const said = reply.replace(unspoken, (part) => blank.repeat(part.length));
  let end = 0;
  for (const word of words) {
    if (word.startUs + word.durationUs / 2 > playheadUs) break;
    const at = said.indexOf(word.text, end);
    if (at === -1 || at - end > horizon + blanksIn(said.slice(end, at))) continue;
    end = at + word.text.length;
    if (word.startUs + word.durationUs <= playheadUs)
      end += closingMarks.exec(reply.slice(end))?.[0].length ?? 0;
  }
  return reply.slice(0, end);
};
