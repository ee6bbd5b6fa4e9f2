import { normalizedLanguages } from '@tth/core';
import { longestSentence } from '../../packages/core/src/pipeline/segment-text.ts';
import { caseRules, segmenterCases, unseenCases } from '../../test/support/segmenter-cases.ts';
import { cutOurs, cutters, missesAmong, scoreTable } from '../segmenter.ts';
import { table } from './fields.ts';

const shown = (sentences: readonly string[]): string =>
  sentences.map((sentence) => `\`${sentence.replaceAll('`', 'ˋ').replaceAll('\n', '⏎')}\``).join(' ');

const head = (what: string): string[] => [what, 'cases', ...Object.keys(cutters)];

/** How well sentences are found, by language and rule, beside other segmenters. */
export const segmentationPage = (made: string): string =>
  `${[
    made,
    '# Segmentation',
    `A reply is cut into sentences while it streams in. Each is spoken in one call and is at most ${longestSentence} characters of an alphabet long; an ideograph counts as three. The same sentences come however the text is cut into deltas, but for one exception: the first clause of a long opening sentence may go out alone, so that speech begins early. A line break ends a sentence, fenced code is set apart and not spoken, inline code is never cut.`,
    'These scores are counts of cases in which every sentence is right. `npm run segmenter` prints them. TTH is fed one character at a time; the npm package sentencex and the platform’s `Intl.Segmenter` are handed the whole text, which is easier. The cases are our own and follow our rules, lists by line and emoji with their sentence among them, so the row of a rule says more than the total. They were written before the code and had a part in making it.',
    '## By language',
    table(
      head('language'),
      scoreTable(segmenterCases, ({ language }) => language),
    ),
    '## By rule',
    table(
      head('rule'),
      scoreTable(
        segmenterCases.toSorted((one, other) => caseRules.indexOf(one.rule) - caseRules.indexOf(other.rule)),
        ({ rule }) => rule,
      ),
    ),
    '## Cases that had no part in making it',
    'Written once the code was done; the code was not changed for them.',
    table(
      head('language'),
      scoreTable(unseenCases, ({ language }) => language),
    ),
    '## Where it is wrong',
    table(
      ['language', 'rule', 'wanted', 'cut as'],
      missesAmong([...segmenterCases, ...unseenCases]).map(({ language, rule, text, sentences }) => [
        language,
        rule,
        shown(sentences),
        shown(cutOurs(text, language)),
      ]),
    ),
    '## Text that is written out',
    `A voice whose capability \`textNormalization\` is \`engine\` is given numbers, dates, times, sums, units, addresses, short forms, numerals and signs as words, in these languages: ${normalizedLanguages.map((each) => `\`${each}\``).join(', ')}. In every other language, and for every other voice, texts stay as they are written. Markdown, emoji and invisible characters are taken out for every voice and language; emoji are not read. What the listener is shown, and what is remembered as heard, is what was written.`,
  ].join('\n\n')}\n`;
