/** What may be read in more or other letters than it is written with: figures and signs. */
const spelledOut = /[\p{N}%$€£¥&+=@#°/]/gu;
const lettersPerSign = 12;
/** Letters that may differ in any sentence, and the share beyond. */
const slackLetters = 3;
const slackShare = 0.05;

const lettersOf = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}]/gu, '');

const signsIn = (text: string): number => text.match(spelledOut)?.length ?? 0;

/** Letters to put in, take out or change to make one text of the other. */
const editDistance = (one: string, other: string): number => {
  let before = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let at = 1; at <= other.length; at += 1) {
      const isSame = one[row - 1] === other[at - 1];
      current.push(Math.min(before[at]! + 1, current[at - 1]! + 1, before[at - 1]! + (isSame ? 0 : 1)));
    }
    before = current;
  }
  return before[other.length]!;
};

/**
 * Whether what was said differs from what was to be read by more than a few letters in a hundred. Case, punctuation
 * and accents do not count, and figures and signs may be read in any words.
 */
export const isMisread = (text: string, transcript: string): boolean => {
  const [written, said] = [lettersOf(text), lettersOf(transcript)];
  if (written === '' || said === '') return false;
  const allowed =
    slackLetters + slackShare * written.length + lettersPerSign * (signsIn(text) + signsIn(transcript));
  if (Math.abs(written.length - said.length) > allowed) return true;
  return editDistance(written, said) > allowed;
};

/** Counts readings that were none. */
export interface Fidelity {
  /** In all. */
  readonly misread: number;
  /** Notes a reading; `true`: so many in a row were wrong that another should read. */
  note(isWrong: boolean): boolean;
}

export const createFidelity = (limit: number): Fidelity => {
  let misread = 0;
  let inARow = 0;
  return {
    get misread() {
      return misread;
    },
    note: (isWrong) => {
      misread += isWrong ? 1 : 0;
      inARow = isWrong ? inARow + 1 : 0;
      return inARow >= limit;
    },
  };
};
