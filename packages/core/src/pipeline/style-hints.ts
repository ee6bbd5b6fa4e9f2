import { readEmotion } from '../control/emotions.ts';
import { type EmotionControl, isEmotionLabel } from '../domain/controls.ts';

/** A piece of a reply: words to speak, or how to speak what follows. */
export type ReplyPiece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'hint'; readonly emotion: EmotionControl }
  /** A sentence of its own that belongs to no reply: it bridges a silence. */
  | { readonly type: 'filler'; readonly text: string }
  /** The reply broke off here. */
  | { readonly type: 'cut' }
  /** The reply is whole: its last sentence can be spoken. */
  | { readonly type: 'end' };

const longestTag = 32;
const tagShape = /^\[\s*([a-z]{2,20})\s*(?::\s*([0-9]*[.,]?[0-9]+)\s*)?\]$/i;
/** As much of a text as could still become a tag. */
const tagBeginning = /^\[\s*(?:[a-z]{1,20}\s*(?::\s*[0-9]*[.,]?[0-9]*\s*)?)?/i;

const readTag = (tag: string): EmotionControl | 'unknown' | undefined => {
  const match = tagShape.exec(tag);
  if (match === null) return undefined;
  const label = match[1]!.toLowerCase();
  const written = match[2]?.replace(',', '.');
  const intensity = written === undefined ? 0.7 : Math.min(1, Math.max(0, Number(written)));
  if (isEmotionLabel(label)) return { label, intensity };
  if (written === undefined) return undefined;
  // Other words for a feeling are common words, too; only a number makes a tag of them.
  const meant = readEmotion(label);
  return meant === undefined ? 'unknown' : { label: meant, intensity };
};

export interface HintReader {
  push(delta: string): ReplyPiece[];
  flush(): ReplyPiece[];
  /** Drops and returns the beginning of a tag that has not been read to its end. */
  forget(): string;
}

/**
 * Takes inline tags such as `[happy:0.7]` out of a streamed reply, however it is cut into deltas.
 * A tag with a number but an unknown label is dropped, an unfinished one at the end too: no tag is ever
 * spoken. Other brackets are text, save one inside of which a new one begins. Model output only; user text
 * never passes here.
 */
export const createHintReader = (): HintReader => {
  let held = '';
  let afterSpace = true;
  /** A tag was taken out after a space: the spaces behind it would double that. */
  let skipsSpaces = false;

  const drain = (atEnd: boolean): ReplyPiece[] => {
    const pieces: ReplyPiece[] = [];
    let text = '';
    const add = (part: string): void => {
      const kept = skipsSpaces ? part.replace(/^[ \t]+/, '') : part;
      if (kept === '') return;
      text += kept;
      skipsSpaces = false;
      afterSpace = /\s$/.test(kept);
    };
    const flushText = (): void => {
      if (text !== '') pieces.push({ type: 'text', text });
      text = '';
    };
    let at = 0;
    while (at < held.length) {
      const open = held.indexOf('[', at);
      if (open === -1) {
        add(held.slice(at));
        at = held.length;
        break;
      }
      add(held.slice(at, open));
      at = open;
      const window = held.slice(open, open + longestTag + 1);
      const { length } = tagBeginning.exec(window)![0];
      if (length === window.length && length <= longestTag) {
        if (atEnd) at = held.length;
        break;
      }
      const read = readTag(window.slice(0, length + 1));
      if (read !== undefined) {
        if (read !== 'unknown') {
          flushText();
          pieces.push({ type: 'hint', emotion: read });
        }
        skipsSpaces ||= afterSpace;
        at += length + 1;
        continue;
      }
      const couldBecomeOne = window[length] === '[' || length > longestTag;
      if (!couldBecomeOne) add('[');
      at += 1;
    }
    held = held.slice(at);
    flushText();
    return pieces;
  };

  return {
    push: (delta) => {
      held += delta;
      return drain(false);
    },
    flush: () => drain(true),
    forget: () => {
      const unread = held;
      held = '';
      return unread;
    },
  };
};
