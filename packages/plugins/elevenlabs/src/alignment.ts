import type { WordTiming } from '@tth/core/plugin';
import type { Alignment } from './wire.ts';

/** Makes words of the characters that come with the sound of one sentence. */
export interface WordReader {
  /**
   * The words that are complete with this piece of sound, on the sentence's clock. `beforeUs`, `afterUs`: sound
   * received without and with it.
   */
  read(alignment: Alignment | undefined, beforeUs: number, afterUs: number): WordTiming[];
  /** Where the first word begins that is not told yet; `undefined`: every word is. */
  readonly openUs: number | undefined;
  /** What is left at the end of the sound, which lasts until `endUs`. */
  rest(endUs: number): WordTiming[];
}

interface Word {
  text: string;
  readonly startMs: number;
  endMs: number;
  /** A single ideograph or syllable; what follows it may only be punctuation. */
  isAlone: boolean;
}

const space = /^\s*$/u;
const spoken = /[\p{L}\p{N}]/u;
const alone = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}]/u;
const standsAlone = (char: string): boolean => spoken.test(char) && alone.test(char);

/** Further apart than this from where its sound begins, a time is not the sound's. */
const toleranceMs = 50;
/** With less sound before it a piece does not show what its times count from. */
const tellingMs = 200;

/**
 * Times count from the sentence's beginning or from that of their own piece of sound; which of them is not
 * documented, so the pieces show it. Gives what to add to a piece's times.
 */
const createTimeBase = (): ((firstMs: number, beforeMs: number) => number) => {
  let base: 'sentence' | 'piece' | undefined;
  return (firstMs, beforeMs) => {
    if (base === undefined && beforeMs > tellingMs) {
      if (firstMs >= beforeMs - toleranceMs) base = 'sentence';
      else if (firstMs < toleranceMs) base = 'piece';
    }
    if (base !== undefined) return base === 'piece' ? beforeMs : 0;
    return firstMs >= beforeMs / 2 ? 0 : beforeMs;
  };
};

const toUs = (ms: number): number => Math.round(ms * 1_000);
const withoutTags = (text: string): string => text.replaceAll(/\[[^\]]*\]/gu, '');
const lengthOf = (text: string): number => text.replaceAll(/\s/gu, '').length;

export interface WordReaderOptions {
  /** What was sent. */
  readonly text: string;
  /** Words in square brackets are performed and not spoken. */
  readonly hasTags: boolean;
}

export const createWordReader = ({ text, hasTags }: WordReaderOptions): WordReader => {
  const offsetOf = createTimeBase();
  let left = lengthOf(hasTags ? withoutTags(text) : text);
  let word: Word | undefined;
  let lastMs = 0;
  let isInTag = false;
  const complete: Word[] = [];

  const finish = (): void => {
    if (word !== undefined && spoken.test(word.text)) complete.push(word);
    word = undefined;
  };
  const take = (char: string, startMs: number, endMs: number): void => {
    if (space.test(char)) {
      finish();
      return;
    }
    const isAlone = standsAlone(char);
    const begins =
      word !== undefined && spoken.test(word.text) && spoken.test(char) && (isAlone || word.isAlone);
    if (begins) finish();
    word ??= { text: '', startMs, endMs, isAlone };
    word.text += char;
    word.endMs = Math.max(word.endMs, endMs);
    word.isAlone ||= isAlone;
    left -= lengthOf(char);
    // The last character of the text ends its last word, without the space that ends the others.
    if (left <= 0 && text.trimEnd().endsWith(word.text)) finish();
  };
  /** Follows the brackets; true for what is inside them. */
  const isTag = (char: string): boolean => {
    if (!hasTags) return false;
    if (char === '[') isInTag = true;
    const isInside = isInTag;
    if (char === ']') isInTag = false;
    return isInside;
  };

  const tell = ({ text: name, startMs, endMs }: Word, limitUs = Number.POSITIVE_INFINITY): WordTiming => {
    const startUs = Math.min(toUs(startMs), limitUs);
    return { text: name, startUs, durationUs: Math.min(toUs(endMs), limitUs) - startUs };
  };

  return {
    read: (alignment, beforeUs, afterUs) => {
      if (alignment !== undefined && alignment.startsMs[0] !== undefined) {
        const { chars, startsMs, durationsMs } = alignment;
        const offsetMs = offsetOf(alignment.startsMs[0], beforeUs / 1_000);
        for (const [at, char] of chars.entries()) {
          const start = startsMs[at];
          if (start === undefined || isTag(char)) continue;
          lastMs = Math.max(lastMs, start + offsetMs);
          take(char, lastMs, lastMs + Math.max(0, durationsMs[at] ?? 0));
        }
      }
      const words: WordTiming[] = [];
      // A word is told with its sound: one that lies beyond it waits.
      while (complete[0] !== undefined && toUs(complete[0].endMs) <= afterUs)
        words.push(tell(complete.shift()!));
      return words;
    },
    get openUs() {
      const untold = complete[0] ?? word;
      return untold && toUs(untold.startMs);
    },
    rest: (endUs) => {
      finish();
      return complete.splice(0).map((each) => tell(each, endUs));
    },
  };
};
