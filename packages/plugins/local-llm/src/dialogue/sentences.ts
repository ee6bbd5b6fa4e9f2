import { readChars } from './text.ts';

const request = String.raw`^\W*(?:(?:hey|hi|ok|okay|please|now|can you|could you|would you|will you)\W+){0,4}`;
const sayLead = new RegExp(String.raw`${request}(?:say|repeat after me|repeat)\b[\s:,"'“„]*`, 'iu');
/** Requests to say something of one's own, which other rows know. */
const ownWords =
  /^(?:(?:my|your) name|who you are|(?:me )?(?:an?|another|any|some|the) (?:random |funny |short |long )?(?:number|joke|story|poem|riddle|fact|tongue twister)|something (?:funny|interesting|new))\b/iu;

/** The words that are to be said as they stand, when `raw` begins with such a request. */
export const wordsToSay = (raw: string): string | undefined => {
  const lead = sayLead.exec(raw.slice(0, 200));
  const words = lead === null ? undefined : raw.slice(lead[0].length);
  return words === undefined || ownWords.test(words) ? undefined : words;
};

/** Titles and initials, whose dot ends nothing. */
const dotted = String.raw`(?<![\p{L}\p{N}])(?:mrs?|ms|dr|prof|st|vs|(?!i)\p{L})`;
/** A line, or the part of it up to a mark with white space after it. */
const pieces = new RegExp(
  String.raw`\S(?:[^\n]*?(?:[!?…]|(?<!${dotted})\.)[.!?…]*["'”’)]*(?=\s|$)|[^\n]*)`,
  'giu',
);
/** Belongs to the sentence before it: "Tell me a story. About a dragon." */
const carriesOn = /^(?:about|or)\b/i;

const tellsFirst = /^\W*(?:(?:hi|hello|hey)\W+)?(?:my name|call me|i)\b/i;
const thenAsks =
  /,\s+(?:(?:and|so|but)\s+)?(?=(?:who|what|how|where|why)\b.*\?\s*$|(?:(?:tell|give|show) me|(?:are|can|could|do|will|would) you)\b)/i;

/** Where "I am Ada, who are you?" turns from telling to asking, and how long the turn is. */
const turnIn = (sentence: string): { at: number; chars: number } | undefined => {
  const turn = tellsFirst.test(sentence) ? thenAsks.exec(sentence) : null;
  return turn === null ? undefined : { at: turn.index, chars: turn[0].length };
};

/** The sentences of a text, and where each begins; one that turns to asking counts as two. */
const piecesOf = (text: string): { piece: string; index: number }[] =>
  [...text.matchAll(pieces)].flatMap(({ 0: piece, index }) => {
    const turn = turnIn(piece);
    if (turn === undefined) return [{ piece, index }];
    const next = turn.at + turn.chars;
    return [
      { piece: piece.slice(0, turn.at), index },
      { piece: piece.slice(next), index: index + next },
    ];
  });

/**
 * The sentences of what is read of a message, in order. Words to be said as they stand reach to the
 * end of the message, and pieces without a letter or a digit are left out.
 */
export const inSentences = (raw: string): string[] => {
  const text = raw.slice(0, readChars);
  const found: string[] = [];
  for (const { piece, index } of piecesOf(text)) {
    if (wordsToSay(text.slice(index)) !== undefined) return [...found, text.slice(index)];
    if (!/[\p{L}\p{N}]/u.test(piece)) continue;
    const before = carriesOn.test(piece) ? found.pop() : undefined;
    found.push(before === undefined ? piece : `${before} ${piece}`);
  }
  return found;
};
