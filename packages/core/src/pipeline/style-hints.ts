import { type EmotionControl, isEmotionLabel } from '../domain/controls.ts';

/** A piece of a reply: words to speak, how to speak what follows, or the mark that it broke off here. */
export type ReplyPiece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'hint'; readonly emotion: EmotionControl }
  | { readonly type: 'cut' };

const longestTag = 32;
const tagShape = /^\[\s*([a-z]{2,20})\s*(?::\s*([0-9]*\.?[0-9]+)\s*)?\]$/i;
const tagBeginning = /^\[\s*[a-z]*\s*(?::\s*[0-9.]*\s*)?$/i;

const readTag = (tag: string): ReplyPiece | 'dropped' | undefined => {
  const match = tagShape.exec(tag);
  if (match === null) return undefined;
  const label = match[1]!.toLowerCase();
  const intensity = match[2] === undefined ? 0.7 : Math.min(1, Math.max(0, Number(match[2])));
  if (isEmotionLabel(label)) return { type: 'hint', emotion: { label, intensity } };
  return match[2] === undefined ? undefined : 'dropped';
};

export interface HintReader {
  push(delta: string): ReplyPiece[];
  flush(): ReplyPiece[];
}

/**
 * Takes inline tags such as `[happy:0.7]` out of a streamed reply, however it is cut into deltas.
 * A tag with an unknown label is dropped, an unfinished one at the end too: no tag is ever spoken.
 * Other brackets are text. Model output only; user text never passes here.
 */
export const createHintReader = (): HintReader => {
  let held = '';

  const drain = (atEnd: boolean): ReplyPiece[] => {
    const pieces: ReplyPiece[] = [];
    let text = '';
    const flushText = (): void => {
      if (text !== '') pieces.push({ type: 'text', text });
      text = '';
    };
    while (held !== '') {
      const open = held.indexOf('[');
      if (open === -1) {
        text += held;
        held = '';
        break;
      }
      text += held.slice(0, open);
      held = held.slice(open);
      const close = held.indexOf(']');
      if (close !== -1 && close < longestTag) {
        const tag = held.slice(0, close + 1);
        const read = readTag(tag);
        if (read === undefined) {
          text += '[';
          held = held.slice(1);
          continue;
        }
        if (read !== 'dropped') {
          flushText();
          pieces.push(read);
        }
        held = held.slice(close + 1);
        if (/\s$/.test(text) || (text === '' && read !== 'dropped')) held = held.replace(/^[ \t]+/, '');
        continue;
      }
      if (close === -1 && held.length < longestTag && tagBeginning.test(held)) {
        if (atEnd) held = '';
        break;
      }
      text += '[';
      held = held.slice(1);
    }
    flushText();
    return pieces;
  };

  return {
    push: (delta) => {
      held += delta;
      return drain(false);
    },
    flush: () => drain(true),
  };
};
