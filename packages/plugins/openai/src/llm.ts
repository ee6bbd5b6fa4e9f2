import type { AdapterDeps, LlmControl, LlmImplementation, LlmInput } from '@tth/core/plugin';
import { type AnswerReader, answer } from './answer.ts';
import { type Endpoint, openEndpoint } from './endpoint.ts';
import type { ChatOptions, ResponsesOptions } from './options.ts';

/** What one of the two APIs has of its own. */
export interface Api {
  open(input: LlmInput, control: LlmControl, signal: AbortSignal): Promise<Response>;
  createReader(): AnswerReader;
  /** Has a server load its model that does so when it is first asked for it. */
  load?(signal: AbortSignal): Promise<void>;
}

/** A model behind either API. */
export const createLlm = (
  options: ChatOptions | ResponsesOptions,
  deps: AdapterDeps,
  apiOf: (endpoint: Endpoint) => Api,
): LlmImplementation => {
  const endpoint = openEndpoint(options, deps);
  const { connection, health, warmup } = endpoint;
  const { open, createReader, load } = apiOf(endpoint);
  return {
    inferStream: (input, control, context) =>
      answer(
        { connection, deps, open: (asked, signal) => open(asked, control, signal), createReader },
        input,
        context,
      ),
    health,
    warmup: (signal) => warmup(signal, async () => load?.(signal)),
  };
};
