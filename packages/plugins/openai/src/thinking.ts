/** Takes thinking that is written into an answer out of it, however it is cut. */
export interface ThinkingFilter {
  /** What of the answer so far may be spoken. */
  push(text: string): string;
  /** The model thinks elsewhere: nothing has to be held back any more. Gives what was. */
  release(): string;
  /** What was held back at the end. Of an answer that was cut off nothing is spoken that may be thinking. */
  flush(end?: 'whole' | 'cut'): string;
}

const opening = '<think>';
const closing = '</think>';

/** Length of the longest end of `text` with which `tag` could begin. */
const begun = (text: string, tag: string): number => {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (tag.startsWith(text.slice(-length))) return length;
  }
  return 0;
};

/**
 * Drops `<think>…</think>` and, where only the closing tag is written because the opening one stands in the
 * model's template, what comes before it. `opensInPrompt`: this is expected, so everything is held back until the
 * closing tag or the end. White space after thinking is dropped too; the tags never come out.
 */
export const createThinkingFilter = (opensInPrompt: boolean): ThinkingFilter => {
  let state: 'waiting' | 'start' | 'thinking' | 'after' | 'speaking' = opensInPrompt ? 'waiting' : 'start';
  let held = '';
  /** Up to here no closing tag begins: long thinking is looked through once. */
  let lookedTo = 0;

  const upTo = (at: number): string => {
    const text = held.slice(0, at);
    held = held.slice(at);
    return text;
  };
  const drop = (at: number): void => {
    held = held.slice(at);
    lookedTo = 0;
  };

  /** One step; `undefined` when more text is needed. */
  const step = (): string | undefined => {
    if (state === 'waiting' || state === 'thinking') {
      const closes = held.indexOf(closing, lookedTo);
      if (closes === -1) {
        lookedTo = Math.max(0, held.length - closing.length + 1);
        if (state === 'thinking') drop(lookedTo);
        return undefined;
      }
      drop(closes + closing.length);
      state = 'after';
      return '';
    }
    if (state === 'after') {
      held = held.trimStart();
      if (held === '') return undefined;
      state = 'start';
    }
    const opens = held.indexOf(opening);
    const closesAt = held.indexOf(closing);
    const next = Math.min(...[opens, closesAt].filter((at) => at !== -1));
    if (next === opens) {
      const text = upTo(opens);
      drop(opening.length);
      state = 'thinking';
      return text.trim() === '' ? '' : text;
    }
    if (next === closesAt) {
      const text = upTo(closesAt);
      drop(closing.length);
      if (state === 'speaking') return text;
      state = 'after';
      return '';
    }
    const keep = Math.max(begun(held, opening), begun(held, closing));
    const isUndecided = state === 'start' && held.slice(0, held.length - keep).trim() === '';
    if (isUndecided || held.length === keep) return undefined;
    state = 'speaking';
    return upTo(held.length - keep);
  };

  const run = (): string => {
    let out = '';
    for (let text = step(); text !== undefined; text = step()) out += text;
    return out;
  };

  return {
    push: (text) => {
      held += text;
      return run();
    },
    release: () => {
      if (state === 'waiting') state = 'start';
      return run();
    },
    flush: (end = 'whole') => {
      const mayBeThinking = state === 'thinking' || (state === 'waiting' && end === 'cut');
      const isSpoken = !mayBeThinking && state !== 'after';
      const text = isSpoken ? held : '';
      held = '';
      return text;
    },
  };
};
