import type { WordTiming } from '@tth/core/plugin';
import type { TimedWord } from './hosted-wire.ts';

/** A word may begin this much before the one in front of it ends. */
const overlapMs = 50;

const toTiming = ({ text }: TimedWord, beginMs: number, endMs: number): WordTiming => ({
  text,
  startUs: Math.round(beginMs * 1000),
  durationUs: Math.max(0, Math.round((endMs - beginMs) * 1000)),
});

/**
 * Words of one task in order, each once: the service repeats them with every event about their part of the text. Where
 * its clock begins anew with a part, the part is taken to begin where the one before it ended.
 */
export const createWordOrder = (): ((words: readonly TimedWord[]) => readonly WordTiming[]) => {
  let toldAt = -1;
  let toldBeginMs = -1;
  let endMs = 0;
  let offsetMs = 0;

  const isTold = ({ at, beginMs }: TimedWord): boolean =>
    at === undefined ? beginMs + offsetMs <= toldBeginMs : at <= toldAt;

  return (words) =>
    words
      .filter((word) => !isTold(word))
      .map((word) => {
        if (word.beginMs + offsetMs < endMs - overlapMs) offsetMs = endMs;
        const beginMs = word.beginMs + offsetMs;
        toldAt = word.at ?? toldAt;
        toldBeginMs = beginMs;
        endMs = word.endMs + offsetMs;
        return toTiming(word, beginMs, endMs);
      });
};
