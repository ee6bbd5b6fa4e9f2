import type { LlmAdapter, LlmControl, LlmInput, LlmOutput } from '@tth/core/plugin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInferContext } from '../inference-context.ts';
import type { StartedAdapter } from '../start-adapter.ts';
import { type Call, collect, sharedConformance } from './shared.ts';

const input: LlmInput = {
  messages: [
    { role: 'system', content: 'You are a friendly guide. You answer in two or three short sentences.' },
    { role: 'user', content: 'Tell me something about the sea.' },
  ],
};
const control: LlmControl = { language: 'en-US' };

const textOf = (items: readonly LlmOutput[]): string =>
  items.map((item) => (item.type === 'text_delta' ? item.text : '')).join('');

export interface LlmConformanceOptions {
  /** The same question may get another answer. */
  readonly answersVary?: boolean;
}

/** The promises of every model adapter. `make` starts the adapter under test; it is closed at the end. */
export const llmConformance = (
  name: string,
  make: () => Promise<StartedAdapter<LlmAdapter>>,
  { answersVary = false }: LlmConformanceOptions = {},
): void => {
  describe(`${name} keeps the promises of a model`, () => {
    let started: StartedAdapter<LlmAdapter>;
    beforeAll(async () => {
      started = await make();
    });
    afterAll(() => started.close());
    const call = (): Call<LlmOutput> => (context) => started.adapter.inferStream(input, control, context);

    sharedConformance('llm', { started: () => started, call });

    it('streams an answer in pieces and finishes once, at the end', async () => {
      const items = await collect(call());

      const deltas = items.filter(({ type }) => type === 'text_delta');
      expect(deltas.length).toBeGreaterThan(1);
      expect(textOf(items).trim()).not.toBe('');
      expect(items.filter(({ type }) => type === 'finish')).toHaveLength(1);
      expect(items.at(-1)?.type).toBe('finish');
    });

    it('counts what it used', async () => {
      const items = await collect(call());

      for (const item of items) {
        if (item.type !== 'usage') continue;
        expect(item.inputTokens).toBeGreaterThan(0);
        expect(item.outputTokens).toBeGreaterThan(0);
      }
    });

    it('gives the same in one batch as in a stream', async () => {
      const batch = await started.adapter.inferBatch(input, control, createInferContext());

      expect(batch.at(-1)?.type).toBe('finish');
      if (answersVary) expect(textOf(batch).trim()).not.toBe('');
      else expect(textOf(batch)).toBe(textOf(await collect(call())));
    });

    it('answers two questions at once without mixing them', async () => {
      const [one, two] = await Promise.all([collect(call()), collect(call())]);

      expect(one.at(-1)?.type).toBe('finish');
      expect(two.at(-1)?.type).toBe('finish');
      if (!answersVary) expect(textOf(one)).toBe(textOf(two));
    });
  });
};
