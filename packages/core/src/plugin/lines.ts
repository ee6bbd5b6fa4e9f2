import { TthError } from '../domain/errors.ts';
import { largestItemBytes } from '../domain/media.ts';

/** Cuts text that comes in pieces into lines. */
export interface LineReader {
  /** The lines that end in `text`. Throws `provider.protocol_error` when one grows beyond 1 MiB. */
  push(text: string): readonly string[];
  /** What came after the end of the last line. */
  rest(): string;
}

/** A provider sent more at a time than anybody can use. */
export const tooLarge = (): TthError =>
  new TthError('provider.protocol_error', 'The provider sent a piece that is larger than 1 MiB.', {
    details: { largestItemBytes },
  });

/** Lines end in `\n`, `\r\n` or `\r`, as those of an event stream do. */
export const createLineReader = (): LineReader => {
  let held: string[] = [];
  let heldLength = 0;
  let isAfterReturn = false;

  const hold = (text: string): void => {
    heldLength += text.length;
    if (heldLength > largestItemBytes) throw tooLarge();
    held.push(text);
  };
  const take = (): string => {
    const line = held.join('');
    held = [];
    heldLength = 0;
    return line;
  };

  return {
    push: (text) => {
      if (text === '') return [];
      const lines: string[] = [];
      let from = isAfterReturn && text.startsWith('\n') ? 1 : 0;
      const ends = /\r\n|\n|\r/g;
      ends.lastIndex = from;
      for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
        hold(text.slice(from, end.index));
        lines.push(take());
        from = ends.lastIndex;
      }
      isAfterReturn = text.endsWith('\r');
      hold(text.slice(from));
      return lines;
    },
    rest: take,
  };
};
