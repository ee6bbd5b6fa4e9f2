import { segment } from 'sentencex';
import { createSegmenter } from '../packages/core/src/pipeline/segment-text.ts';
import { type CaseRule, type SegmenterCase, segmenterCases } from '../test/support/segmenter-cases.ts';

/** Cuts a text into trimmed sentences. */
type Cut = (text: string, language: string) => readonly string[];

const tidy = (sentences: readonly string[]): string[] =>
  sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');

/** Ours, fed one UTF-16 unit at a time. A line of its own comes first, so that no first clause goes out early. */
const cutOurs: Cut = (text, language) => {
  const segmenter = createSegmenter(language);
  const opening = '-\n';
  const [first, ...sentences] = [
    ...(opening + text).split('').flatMap((unit) => segmenter.push(unit)),
    ...segmenter.flush(),
  ].map((segment) => segment.text);
  if (first !== opening.trim()) throw new Error('the opening line was not a sentence of its own');
  return sentences;
};

/** What the cases are given to: our segmenter, a library and the platform. The latter two get whole texts. */
export const cutters: Readonly<Record<string, Cut>> = {
  TTH: cutOurs,
  'sentencex 1.0.17': (text, language) => tidy(segment(language, text)),
  'Intl.Segmenter': (text, language) =>
    tidy(
      [...new Intl.Segmenter(language, { granularity: 'sentence' }).segment(text)].map(
        ({ segment: piece }) => piece,
      ),
    ),
};

const isRight = (cut: Cut, { text, language, sentences }: SegmenterCase): boolean =>
  JSON.stringify(cut(text, language)) === JSON.stringify(sentences);

/** How many of some cases a segmenter gets right. */
export const scoreOf = (cut: Cut, cases: readonly SegmenterCase[]): number =>
  cases.filter((each) => isRight(cut, each)).length;

/** Cases that our segmenter gets wrong, with what it makes of them. */
export const misses = (): readonly { readonly wanted: SegmenterCase; readonly cut: readonly string[] }[] =>
  segmenterCases
    .filter((each) => !isRight(cutOurs, each))
    .map((wanted) => ({ wanted, cut: cutOurs(wanted.text, wanted.language) }));

/** Cases in groups, in the order in which the groups first appear. */
export const groupedBy = <Key extends 'language' | 'rule'>(
  key: Key,
): ReadonlyMap<SegmenterCase[Key], readonly SegmenterCase[]> =>
  Map.groupBy(segmenterCases, (each) => each[key]);

const printTable = (
  title: string,
  groups: ReadonlyMap<string | CaseRule, readonly SegmenterCase[]>,
): void => {
  const rows = [...groups].map(([name, cases]) => ({
    [title]: name,
    cases: cases.length,
    ...Object.fromEntries(Object.entries(cutters).map(([cutter, cut]) => [cutter, scoreOf(cut, cases)])),
  }));
  console.table(rows);
};

if (process.argv[1] === import.meta.filename) {
  printTable('language', groupedBy('language'));
  printTable('rule', groupedBy('rule'));
  printTable('all', new Map([['all', segmenterCases]]));
  for (const { wanted, cut } of misses()) {
    console.log(
      `${wanted.language} ${wanted.rule}: ${JSON.stringify(wanted.sentences)}\n  cut as ${JSON.stringify(cut)}`,
    );
  }
}
