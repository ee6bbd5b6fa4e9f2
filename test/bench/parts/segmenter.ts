import { createSegmenter } from '../../../packages/core/src/pipeline/segment-text.ts';
import { segmenterCases } from '../../support/segmenter-cases.ts';
import { type Figure, spread } from '../measure.ts';

const lengthOfDelta = 4;

/** Replies of about 1,200 characters: the cases of a language, over and over. */
const replyIn = (language: string): string => {
  const text = segmenterCases
    .filter((each) => each.language === language)
    .map((each) => each.text)
    .join(' ');
  return text.repeat(Math.ceil(1_200 / text.length));
};

/** One long reply without a single end of a sentence: what cannot be given away yet is looked at again. */
const unended = 'word after word '.repeat(80);

const cut = (deltas: readonly string[], language: string): number => {
  const segmenter = createSegmenter(language);
  let count = 0;
  for (const delta of deltas) count += segmenter.push(delta).length;
  return count + segmenter.flush().length;
};

const deltasOf = (text: string): string[] => text.match(new RegExp(`[^]{1,${lengthOfDelta}}`, 'g')) ?? [];

const microsecondsPerDelta = (text: string, language: string, repeats: number): number[] => {
  const deltas = deltasOf(text);
  for (let i = 0; i < repeats; i++) cut(deltas, language);
  return Array.from({ length: repeats }, () => {
    const startedMs = performance.now();
    cut(deltas, language);
    return ((performance.now() - startedMs) * 1_000) / deltas.length;
  });
};

/** What the segmenter costs per delta of a reply. */
export const measureSegmenter = async (isQuick: boolean): Promise<Figure[]> => {
  const repeats = isQuick ? 50 : 300;
  const measure = (name: string, text: string, language: string): Figure =>
    spread(name, 'µs per delta', microsecondsPerDelta(text, language, repeats));
  return [
    ...['en', 'de', 'zh', 'hi'].map((language) =>
      measure(`sentences, ${language}`, replyIn(language), language),
    ),
    measure('no end in sight, en', unended, 'en'),
  ];
};
