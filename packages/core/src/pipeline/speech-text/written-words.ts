import type { WordTiming } from '../../domain/media.ts';
import type { SpokenText } from './spoken-text.ts';

/** A word is looked for this many characters on: one that is spoken otherwise must not lead astray. */
const horizon = 60;

/** Brings the words of a spoken text back to those that were written. */
export interface WrittenWords {
  /** Spoken words, in order, to written ones. What several words say for is given with the last of them. */
  push(words: readonly WordTiming[]): WordTiming[];
  /** What was begun, when no more words come. */
  flush(): WordTiming[];
}

interface Place {
  readonly written: string;
  readonly isRead: boolean;
  readonly from: number;
  readonly to: number;
}

const endOf = ({ startUs, durationUs }: WordTiming): number => startUs + durationUs;

/**
 * Follows the words of a voice through a spoken text. Words that were written are passed on; those that read
 * something else, "five dollars", become one word, "$5", as long as they are together.
 */
export const createWrittenWords = ({ text, parts }: SpokenText): WrittenWords => {
  let length = 0;
  const places: Place[] = parts.map(({ written, spoken }) => {
    const from = length;
    length += spoken.length;
    return { written: written.trim(), isRead: written !== spoken, from, to: length };
  });
  let at = 0;
  let place = 0;
  let open: { readonly place: number; readonly word: WordTiming } | undefined;

  const close = (): WordTiming[] => {
    const closed = open === undefined ? [] : [open.word];
    open = undefined;
    return closed;
  };

  const follow = (word: WordTiming): WordTiming[] => {
    const found = word.text === '' ? -1 : text.slice(at, at + horizon + word.text.length).indexOf(word.text);
    if (found === -1) return [word];
    const start = at + found + Math.max(0, word.text.search(/[\p{L}\p{N}]/u));
    at += found + word.text.length;
    while (place + 1 < places.length && places[place]!.to <= start) place += 1;
    const here = places[place];
    if (here === undefined || !here.isRead) return [...close(), word];
    const before = open?.place === place ? [] : close();
    const startUs = open?.word.startUs ?? word.startUs;
    const joined = { text: here.written, startUs, durationUs: endOf(word) - startUs };
    open = { place, word: joined };
    return isLastOf(here) ? [...before, ...close()] : before;
  };

  /** Whether nothing that could be a word is left of a place. */
  const isLastOf = ({ to }: Place): boolean => !/[\p{L}\p{N}]/u.test(text.slice(at, to));

  return { push: (words) => words.flatMap(follow), flush: close };
};
