import assert from 'node:assert/strict';
import type { LlmInput, LlmOutput } from '@tth/core/plugin';
import { collect } from './calls.ts';
import type { Call, Check } from './check.ts';
import { type LlmSubject, control, inputOf, question, textOf } from './llm-subject.ts';

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;

const ask =
  ({ started }: LlmSubject, input: LlmInput): Call<LlmOutput> =>
  (context) =>
    started.adapter.inferStream(input, control, context);

/** A model can do what it says that it can. */
export const modelChecks: readonly Check<LlmSubject>[] = [
  {
    id: 'claims.structured',
    sentence: 'answers in JSON when asked for it, if it claims to',
    severity: 'must',
    notFor: ({ started }) => (started.adapter.capabilities().structured ? undefined : 'it claims no JSON'),
    run: async (subject) => {
      const input: LlmInput = {
        ...question('Which city is the capital of France? Answer in JSON.'),
        responseFormat: { type: 'json_schema', name: 'answer', schema: city },
      };

      const text = textOf(await collect(subject, ask(subject, input)));

      assert.doesNotThrow(() => JSON.parse(text) as unknown, 'The answer is not JSON.');
    },
  },
  {
    id: 'claims.tools',
    sentence: 'takes tools and gives each call of one whole, if it claims to',
    severity: 'must',
    notFor: ({ started }) => (started.adapter.capabilities().tools ? undefined : 'it claims no tools'),
    run: async (subject) => {
      const input: LlmInput = {
        ...question('What is the weather in Paris? Use the tool.'),
        tools: [{ name: 'weather', description: 'The weather of a city now.', parameters: city }],
      };

      const items = await collect(subject, ask(subject, input));

      assert.equal(items.at(-1)?.type, 'finish', 'The answer does not end with "finish".');
      for (const item of items) {
        if (item.type !== 'tool_call') continue;
        assert(item.id !== '' && item.name !== '', 'A call of a tool has no id or no name.');
        assert.doesNotThrow(() => JSON.parse(item.arguments) as unknown, 'Arguments of a tool are not JSON.');
      }
    },
  },
  {
    id: 'claims.prefix',
    sentence: 'goes on from an answer that it is handed unfinished, without repeating it, if it claims to',
    severity: 'must',
    notFor: ({ started }) =>
      started.adapter.capabilities().continuePrefix ? undefined : 'it does not claim to go on',
    run: async (subject) => {
      const begun = 'The sea covers most of our planet, and most of it has never ';
      const input = inputOf(
        { role: 'user', content: subject.words.long },
        { role: 'assistant', content: begun },
      );

      const items = await collect(subject, ask(subject, input));

      assert.equal(items.at(-1)?.type, 'finish', 'The answer does not end with "finish".');
      assert(!textOf(items).includes(begun.trim()), 'It said again what had been said.');
    },
  },
];
