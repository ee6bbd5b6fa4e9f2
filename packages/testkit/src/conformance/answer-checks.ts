import assert from 'node:assert/strict';
import { collect } from './calls.ts';
import type { Check } from './check.ts';
import { type LlmSubject, textOf } from './llm-subject.ts';

/** The answer of a model. */
export const answerChecks: readonly Check<LlmSubject>[] = [
  {
    id: 'answer.pieces',
    sentence: 'gives its answer in pieces, none of them empty',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      const items = await collect(subject, subject.say(subject.words.long));
      const deltas = items.flatMap((item) => (item.type === 'text_delta' ? [item.text] : []));

      assert(deltas.length > 1, `The answer came in ${deltas.length} pieces.`);
      assert(!deltas.includes(''), 'A piece is empty.');
      assert(textOf(items).trim() !== '', 'The answer is nothing but space.');
    },
  },
  {
    id: 'answer.finish',
    sentence: 'finishes once, with its last item',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      const items = await collect(subject, subject.say(subject.words.long));

      assert.equal(items.filter(({ type }) => type === 'finish').length, 1, 'It did not finish once.');
      assert.equal(items.at(-1)?.type, 'finish', 'Something came after "finish".');
    },
  },
  {
    id: 'answer.usage',
    sentence: 'counts the tokens that it read and wrote, where it counts at all',
    severity: 'should',
    runsLive: true,
    run: async (subject) => {
      for (const item of await collect(subject, subject.say(subject.words.long))) {
        if (item.type !== 'usage') continue;
        assert(item.inputTokens > 0, `It read ${item.inputTokens} tokens.`);
        assert(item.outputTokens > 0, `It wrote ${item.outputTokens} tokens.`);
      }
    },
  },
];
