/** A stretch of a text and what is said for it; the same where it is said as it is written. */
export interface SpokenPart {
  readonly written: string;
  readonly spoken: string;
}

/** A text in the words that a voice is given. Its parts, in order, make up both texts without a hole. */
export interface SpokenText {
  readonly text: string;
  readonly parts: readonly SpokenPart[];
}

/** How English is written and read where the listener lives. */
export interface EnglishLocale {
  /** 3/4 is the fourth of March, not the third of April; and it is read "March fourth". */
  readonly monthFirst: boolean;
  /** "One hundred and one". */
  readonly saysAnd: boolean;
}

/** Something that is read otherwise than it is written. `undefined`: not this time. */
export interface ReadingRule {
  /** Global; looks at the whole text, so it may look around itself. */
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray, locale: EnglishLocale) => string | undefined;
}

/** A text that is read as it is written. */
export const asWritten = (text: string): SpokenText => ({ text, parts: [{ written: text, spoken: text }] });

interface Claim extends SpokenPart {
  readonly at: number;
}

const wordy = /[\p{L}\p{N}]/u;

/** What rules make of a text. Where two would read the same place, the earlier one does. */
export const applyRules = (
  text: string,
  rules: readonly ReadingRule[],
  locale: EnglishLocale,
): SpokenText => {
  const claims: Claim[] = [];
  for (const { pattern, read } of rules) {
    for (const match of text.matchAll(pattern)) {
      const [written] = match;
      const end = match.index + written.length;
      const isTaken = claims.some(({ at, written: other }) => at < end && match.index < at + other.length);
      const spoken = isTaken ? undefined : read(match, locale);
      if (spoken !== undefined) claims.push({ at: match.index, written, spoken });
    }
  }
  claims.sort((one, other) => one.at - other.at);

  const parts: SpokenPart[] = [];
  let said = '';
  const say = (part: SpokenPart): void => {
    parts.push(part);
    said += part.spoken;
  };
  let from = 0;
  for (const { at, written, spoken } of claims) {
    if (at > from) say({ written: text.slice(from, at), spoken: text.slice(from, at) });
    const before = wordy.test(said.slice(-1)) && wordy.test(spoken[0] ?? '') ? ' ' : '';
    const after = wordy.test(spoken.at(-1) ?? '') && wordy.test(text[at + written.length] ?? '') ? ' ' : '';
    say({ written, spoken: before + spoken + after });
    from = at + written.length;
  }
  if (from < text.length) say({ written: text.slice(from), spoken: text.slice(from) });
  return { text: said, parts };
};
