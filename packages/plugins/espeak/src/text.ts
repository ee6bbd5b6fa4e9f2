/** One word of a text as a reader sees it. `start` and `end` count code points. */
export interface TextWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** False for a lone symbol such as `&`, which is a word only where a language has a name for it. */
  readonly certain: boolean;
}

/** The most UTF-16 units spoken in one run; longer texts are cut where they pause anyway. */
export const maxPartLength = 200;

const controlOrPrivate = /[\p{Cc}\p{Co}\p{Cs}\p{Cn}\u2028\u2029\ufeff]/gu;
const tagOpener = /<(?=[\p{L}/!?])/gu;
const phonemeOpener = /\[(?=\[)/gu;
const entityEnd = /(?<=&[\p{L}\p{N}#]*);/gu;

/**
 * The same text with nothing in it that the synthesizer would take for a command: SSML tags, entities, `[[phonemes]]`
 * and control characters. Every code point keeps its place, so that positions in one are positions in the other.
 */
export const withoutMarkup = (text: string): string =>
  text
    .replace(controlOrPrivate, ' ')
    .replace(tagOpener, ' ')
    .replace(phonemeOpener, ' ')
    .replace(entityEnd, ',');

const between = /[\s\u2013\u2014\u2015\u2026]+/u;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const edges = /^\p{P}+|\p{P}+$/gu;
const speakable = /[\p{L}\p{N}]/u;

const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

const segmenters = new Map<string, Intl.Segmenter>();
const segmenter = (language: string): Intl.Segmenter => {
  let found = segmenters.get(language);
  if (!found) {
    found = new Intl.Segmenter(language, { granularity: 'word' });
    segmenters.set(language, found);
  }
  return found;
};

const runsOf = (text: string, language: string): string[] => {
  const runs: string[] = [];
  let rest = text;
  while (rest.length > 0) {
    const gap = between.exec(rest);
    const run = gap ? rest.slice(0, gap.index) : rest;
    if (unspaced.test(run)) for (const { segment } of segmenter(language).segment(run)) runs.push(segment);
    else if (run) runs.push(run);
    if (gap) runs.push(gap[0]);
    rest = rest.slice(run.length + (gap?.[0].length ?? 0));
  }
  return runs;
};

/** The words of a text in order, without the punctuation around them. */
export const findWords = (text: string, language: string): TextWord[] => {
  const words: TextWord[] = [];
  let start = 0;
  for (const run of runsOf(text.replace(controlOrPrivate, ' '), language)) {
    const end = start + codePoints(run);
    const certain = speakable.test(run);
    if (!between.test(run)) words.push({ text: run.replace(edges, '') || run, start, end, certain });
    start = end;
  }
  return words;
};

const sentenceEnd = /[.!?…。！？।؟]["'”’»)\]]*\s*$/u;
const cuts = [
  /[.!?…。！？।؟]["'”’»)\]]*\s+|[。！？]/gu,
  /[,;:،、，；：—–]["'”’»)\]]*\s+|[、，；：]/gu,
  /\s+/gu,
];

const lastCut = (text: string): number => {
  for (const cut of cuts) {
    let at = 0;
    for (const match of text.matchAll(cut)) at = match.index + match[0].length;
    if (at > text.length / 4) return at;
  }
  return text.length;
};

/** A text in runs of at most `maxPartLength` units, cut after a sentence, else a clause, else a word. */
export const splitText = (text: string): string[] => {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > maxPartLength) {
    const head = rest.slice(0, maxPartLength).replace(/[\ud800-\udbff]$/, '');
    const at = lastCut(head);
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  if (rest) parts.push(rest);
  return parts;
};

/** The silence that belongs after a text at normal speed; none where it was cut between two words. */
export const pauseAfterMs = (text: string, isLast: boolean): number => {
  if (sentenceEnd.test(text)) return 200;
  return isLast || /[\p{P}]\s*$/u.test(text) ? 120 : 0;
};
