import { segment } from 'sentencex';
import { createSegmenter } from '../packages/core/src/pipeline/segment-text.ts';
import { type SegmenterCase, segmenterCases, unseenCases } from '../test/support/segmenter-cases.ts';

/** Cuts a text into trimmed sentences. */
export type Cut = (text: string, language: string) => readonly string[];

const tidy = (sentences: readonly string[]): string[] =>
  sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');

/** Ours, fed one UTF-16 unit at a time. A line of its own comes first, so that no first clause goes out early. */
export const cutOurs: Cut = (text, language) => {
  const segmenter = createSegmenter(language);
  const opening = '-\n';
  const [first, ...sentences] = [
    ...(opening + text).split('').flatMap((unit) => segmenter.push(unit)),
    ...segmenter.flush(),
  ].map((piece) => piece.text);
  if (first !== opening.trim()) throw new Error('the opening line was not a sentence of its own');
  return sentences;
};

const cutByPlatform: Cut = (text, language) =>
  tidy(
    [...new Intl.Segmenter(language, { granularity: 'sentence' }).segment(text)].map((each) => each.segment),
  );

/** What the cases are given to. Only ours gets them as a stream; the others get whole texts. */
export const cutters: Readonly<Record<string, Cut>> = {
  TTH: cutOurs,
  'sentencex 1.0.17': (text, language) => tidy(segment(language, text)),
  'Intl.Segmenter': cutByPlatform,
};

const isRight = (cut: Cut, { text, language, sentences }: SegmenterCase): boolean =>
  JSON.stringify(cut(text, language)) === JSON.stringify(sentences);

/** How many of some cases a segmenter gets right. */
export const scoreOf = (cut: Cut, cases: readonly SegmenterCase[]): number =>
  cases.filter((each) => isRight(cut, each)).length;

/** Cases that our segmenter gets wrong. */
export const missesAmong = (cases: readonly SegmenterCase[]): readonly SegmenterCase[] =>
  cases.filter((each) => !isRight(cutOurs, each));

/** One row per group of cases, in the order in which the groups first appear, and one for all of them. */
export const scoreTable = (
  cases: readonly SegmenterCase[],
  groupOf: (each: SegmenterCase) => string,
): readonly (readonly string[])[] =>
  [...Map.groupBy(cases, groupOf), ['all', cases] as const].map(([name, group]) => [
    name,
    String(group.length),
    ...Object.values(cutters).map((cut) => String(scoreOf(cut, group))),
  ]);

const print = (title: string, rows: readonly (readonly string[])[]): void => {
  const table = [[title, 'cases', ...Object.keys(cutters)], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  process.stdout.write(`${lines.join('\n')}\n\n`);
};

if (process.argv[1] === import.meta.filename) {
  print(
    'language',
    scoreTable(segmenterCases, ({ language }) => language),
  );
  print(
    'rule',
    scoreTable(segmenterCases, ({ rule }) => rule),
  );
  print(
    'unseen',
    scoreTable(unseenCases, ({ language }) => language),
  );
  for (const { language, rule, text, sentences } of missesAmong([...segmenterCases, ...unseenCases])) {
    process.stdout.write(
      `${language}, ${rule}\n  wanted ${sentences.join(' | ')}\n  got    ${cutOurs(text, language).join(' | ')}\n`,
    );
  }
}
