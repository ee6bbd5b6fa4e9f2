import type { InputVerdict } from '../../plugin/input-check.ts';

/** A built-in check of a user's text. It decides at once and in time that grows with the text, not faster. */
export interface Rail {
  /** Names it in refusals and logs. */
  readonly id: string;
  inspect(text: string): InputVerdict;
}

export const allowed: InputVerdict = { verdict: 'allow' };
export const refused: InputVerdict = { verdict: 'refuse' };
