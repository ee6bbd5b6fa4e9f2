/** A message costs this much beside its text: its role and its borders. */
const perMessage = 4;

const isIdeograph = (code: number): boolean =>
  (code >= 0x2e80 && code <= 0x9fff) ||
  (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xff00 && code <= 0xffef);

/** Letters of Latin with their accents, digits and common punctuation. */
const isLatin = (code: number): boolean => code < 0x250 || (code >= 0x1e00 && code <= 0x206f);

/**
 * About how many tokens a text costs, without knowing the model's vocabulary: four characters of Latin, two
 * of another alphabet, two thirds of an ideograph, kana or syllable block; one per half of a surrogate pair.
 * Meant to be rather too high than too low. Linear.
 */
export const estimateTokens = (text: string): number => {
  let tokens = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isLatin(code)) tokens += 0.25;
    else if (isIdeograph(code)) tokens += 1.5;
    else if (code >= 0xd800 && code <= 0xdfff) tokens += 1;
    else tokens += 0.5;
  }
  return Math.ceil(tokens);
};

/** The same for messages of a prompt. */
export const estimatePromptTokens = (messages: readonly { readonly content: string }[]): number =>
  messages.reduce((sum, { content }) => sum + perMessage + estimateTokens(content), 0);
