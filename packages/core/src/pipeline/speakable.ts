const link = /\[([^\]\n]{0,300})\]\([^)\s]{0,1000}\)/g;
const fence = /```[^`]*```|```/g;
// An asterisk between numbers or spaces multiplies.
const emphasis = /\*\*|__|~~|`|(?<![\d\s])\*|\*(?![\d\s])/g;
const lineMarks = /^\s{0,3}(?:#{1,6}\s+|[-*+]\s+|>\s?|\d{1,3}\.\s+(?=\S))/gm;
const emoji =
  /(?:(?:\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}\ufe0f\u20e3])\u200d?|\p{Regional_Indicator})+/gu;
// oxlint-disable-next-line no-control-regex -- these are exactly what must not reach a synthesizer
const control =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** What a voice should read: markdown, emoji and invisible characters removed. May be empty. */
export const toSpeakable = (text: string): string =>
  text
    .replace(control, ' ')
    .replace(fence, ' ')
    .replace(link, '$1')
    .replace(lineMarks, '')
    .replace(emphasis, '')
    .replace(emoji, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** True when there is something to pronounce. */
export const isSpeakable = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);
