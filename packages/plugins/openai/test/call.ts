import type { LlmAdapter, LlmInput, LlmOutput } from '@tth/core/plugin';
import { type TestContext, createInferContext } from '@tth/testkit';

export const question: LlmInput = {
  messages: [
    { role: 'system', content: 'You are a guide.' },
    { role: 'user', content: 'Tell me something about the sea.' },
  ],
};

/** What came of one call, and how it ended. */
export interface Outcome {
  readonly outputs: readonly LlmOutput[];
  readonly text: string;
  readonly error: unknown;
  readonly context: TestContext;
}

export interface CallOptions {
  readonly input?: LlmInput;
  readonly signal?: AbortSignal;
  /** Called with each output. */
  readonly on?: (output: LlmOutput, count: number) => void;
}

/** One call to its end. It does not throw: a failure is part of the outcome. */
export const call = async (
  adapter: LlmAdapter,
  { input = question, signal, on = () => {} }: CallOptions = {},
): Promise<Outcome> => {
  const context = createInferContext(signal && { signal });
  const outputs: LlmOutput[] = [];
  let error: unknown;
  try {
    for await (const output of adapter.inferStream(input, { language: 'en' }, context)) {
      outputs.push(output);
      on(output, outputs.length);
    }
  } catch (thrown) {
    error = thrown;
  }
  const text = outputs.map((output) => (output.type === 'text_delta' ? output.text : '')).join('');
  return { outputs, text, error, context };
};
