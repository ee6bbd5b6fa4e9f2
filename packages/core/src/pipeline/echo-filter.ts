/** A shorter repetition may be what the speaker means: "no, no, no". */
const shortestEcho = 12;
const wordCharacter = /[\p{L}\p{N}]/u;

export interface EchoFilter {
  /** The part of `text` that is certainly new. */
  push(text: string): string;
  /** What was held back and turned out to be new. */
  flush(): string;
}

/**
 * Takes out of the beginning of a continuation what repeats the end of `delivered`, from the start of a
 * word on and at least 12 characters of it. Text is held back only while it could be such a repetition.
 */
export const createEchoFilter = (delivered: string): EchoFilter => {
  /** Where in `delivered` the repetition may have begun. */
  let starts: number[] | undefined = [];
  for (let at = 0; at <= delivered.length - shortestEcho; at++) {
    if (at === 0 || !wordCharacter.test(delivered[at - 1]!)) starts.push(at);
  }
  let held = '';
  let repeated = 0;

  const release = (): string => {
    const fresh = held.slice(repeated);
    starts = undefined;
    held = '';
    repeated = 0;
    return fresh;
  };

  return {
    push: (text) => {
      if (starts === undefined) return text;
      for (const char of text) {
        for (let unit = 0; unit < char.length; unit++) {
          const { length } = held;
          starts = starts.filter((at) => delivered[at + length] === char[unit]);
          held += char[unit]!;
          if (starts.some((at) => at + held.length === delivered.length)) repeated = held.length;
          starts = starts.filter((at) => at + held.length < delivered.length);
        }
      }
      return starts.length === 0 ? release() : '';
    },
    flush: () => (starts === undefined ? '' : release()),
  };
};
