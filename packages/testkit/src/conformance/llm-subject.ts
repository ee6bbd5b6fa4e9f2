import assert from 'node:assert/strict';
import type { ChatMessage, LlmAdapter, LlmControl, LlmInput, LlmOutput } from '@tth/core/plugin';
import type { Opened, Subject } from './check.ts';

export type LlmSubject = Subject<LlmAdapter, LlmOutput>;

export interface LlmConformanceOptions {
  /** The same question may get another answer. */
  readonly answersVary?: boolean;
}

const persona = 'You are a friendly guide. You answer in two or three short sentences.';
export const control: LlmControl = { language: 'en-US', maxOutputTokens: 200 };

/** What a model is asked, after who it is. */
export const inputOf = (...messages: readonly ChatMessage[]): LlmInput => ({
  messages: [{ role: 'system', content: persona }, ...messages],
});
export const question = (content: string): LlmInput => inputOf({ role: 'user', content });

/** What a model says, without its tool calls. */
export const textOf = (items: readonly LlmOutput[]): string =>
  items.map((item) => (item.type === 'text_delta' ? item.text : '')).join('');

const endingOf = (items: readonly LlmOutput[]): string =>
  items.flatMap((item) => (item.type === 'finish' ? [item.reason] : [])).join(' ');

/** A model as the checks see it. */
export const llmSubject = (
  given: Opened<LlmAdapter>,
  { answersVary = false }: LlmConformanceOptions = {},
): LlmSubject => ({
  ...given,
  stage: 'llm',
  say: (words, from = given.started.adapter) => {
    const input = question(words);
    return (context) => from.inferStream(input, control, context);
  },
  words: { long: 'Tell me something about the sea.', short: 'Hello.' },
  batch: (words, context) => given.started.adapter.inferBatch(question(words), control, context),
  contentOf: (items) => JSON.stringify([textOf(items), endingOf(items)]),
  assertAlike: (one, other) => {
    assert.equal(one.at(-1)?.type, 'finish', 'An answer does not end with "finish".');
    assert.equal(other.at(-1)?.type, 'finish', 'An answer does not end with "finish".');
    if (!answersVary) assert(textOf(one) === textOf(other), 'The same question got another answer.');
  },
});
