import type { WordTiming } from '../domain/media.ts';
import { isSpeakable } from './speakable.ts';

/** A word is looked for this many characters on: one that is spoken otherwise than written must not lead astray. */
const horizon = 60;

/** Marks before the next word; a sign that is read with it stays. */
const passed = /^(?:(?![\p{Sc}#@&+±~−]|-\d)[^\p{L}\p{N}])+/u;

/** What is left to say of a text, and the time in its sound from which on it is to be said. */
export interface Unspoken {
  /** Empty when nothing is left that could be pronounced. */
  readonly text: string;
  readonly fromUs: number;
}

/**
 * What is left of `text` when its sound broke off at `endUs`: everything after the last word that was
 * spoken whole. Times count from the first sample. Without words that is the whole text.
 */
export const unspokenPart = (text: string, words: readonly WordTiming[], endUs: number): Unspoken => {
  let at = 0;
  let fromUs = 0;
  for (const word of words) {
    const wordEndUs = word.startUs + word.durationUs;
    if (wordEndUs > endUs) break;
    const found = text.slice(at, at + horizon).indexOf(word.text);
    if (word.text === '' || found === -1) continue;
    at += found + word.text.length;
    fromUs = wordEndUs;
  }
  const rest = at === 0 ? text : text.slice(at).replace(passed, '');
  return { text: isSpeakable(rest) ? rest : '', fromUs };
};
