const link = /!?\[([^\]\n]{0,300})\]\([^)\s]{0,1000}\)/g;
const fence = /```[^`]*```|```/g;
const tag =
  /<\/?(?:a|abbr|b|br|code|div|em|h[1-6]|hr|i|li|ol|p|span|strong|sub|sup|u|ul)(?:\s[^<>\n]{0,200})?\/?>/gi;
/** The borders of a table's row, and those between its cells. */
const rowEdge = /^[ \t]{0,9}\||\|[ \t]{0,9}$/gm;
const cellEdge = /[ \t]{0,9}(?:\|[ \t]{0,9})+(?=\S)/g;
// An asterisk between numbers or spaces multiplies, an underscore inside a word belongs to it.
const emphasis =
  /\*\*|__|~~|`|(?<![\d\s])\*|\*(?![\d\s])|(?<![\p{L}\p{N}_])_(?=\S)|(?<=\S)_(?![\p{L}\p{N}_])/gu;
const lineMarks = /^\s{0,3}(?:#{1,6}\s+|[-*+]\s+(?:\[[ xX]\]\s)?|>\s?|\d{1,3}\.\s+(?=\S))/gm;
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
    .replace(tag, ' ')
    .replace(rowEdge, ' ')
    .replace(cellEdge, ', ')
    .replace(lineMarks, '')
    .replace(emphasis, '')
    .replace(emoji, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** True when there is something to pronounce. */
export const isSpeakable = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);
