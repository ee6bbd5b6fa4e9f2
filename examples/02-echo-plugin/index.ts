import { apiVersion, defineLlm, definePlugin } from '@tth/core/plugin';
import * as z from 'zod';

/** Says back what it hears: the smallest adapter that answers. */
export const echo = defineLlm({
  id: 'echo',
  options: z.strictObject({ prefix: z.string().default('You said:') }),
  capabilities: { stage: 'llm', structured: false, tools: false, continuePrefix: false },
  create: ({ prefix }) => ({
    async *inferStream({ messages }, _control, { signal }) {
      const heard = messages.at(-1)?.content ?? '';
      yield { type: 'text_delta', text: '[playful:0.6] ' };
      for (const word of `${prefix} ${heard}`.split(/(?<=\s)/)) {
        if (signal.aborted) return;
        yield { type: 'text_delta', text: word };
      }
      yield { type: 'finish', reason: 'stop' };
    },
    health: () => Promise.resolve({ status: 'ok' }),
  }),
});

export default definePlugin({ name: 'tth-example-echo', apiVersion, adapters: [echo] });
