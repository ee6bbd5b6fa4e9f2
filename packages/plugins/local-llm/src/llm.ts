import {
  defineLlm,
  type InferContext,
  type LlmControl,
  type LlmInput,
  type LlmOutput,
} from '@tth/core/plugin';
import * as z from 'zod';
import { createDialogue } from './dialogue/engine.ts';
import { paceWords } from './pace.ts';

const charactersPerToken = 4;
const tokensIn = (characters: number): number => Math.ceil(characters / charactersPerToken);

/**
 * A dialogue engine made of rules and prose: no key, no network, and no language model, which it says itself.
 *
 * The same messages give the same reply for as long as the adapter lives, so that a retry repeats
 * nothing and an unfinished reply is continued from its last character.
 */
export const localLlm = defineLlm({
  id: 'local-llm',
  options: z.strictObject({
    /** How fast text comes out. 0 or `Infinity`: as fast as it is read. */
    wordsPerSecond: z.union([z.number().min(0), z.literal(Infinity)]).default(40),
  }),
  capabilities: { stage: 'llm', structured: false, tools: false, continuePrefix: true },
  create: ({ wordsPerSecond }, { random }) => {
    const dialogue = createDialogue(Math.floor(random.next() * 2 ** 32));

    return {
      async *inferStream(
        { messages }: LlmInput,
        { language, maxOutputTokens = Infinity }: LlmControl,
        { clock, signal }: InferContext,
      ): AsyncGenerator<LlmOutput> {
        const reply = dialogue.reply(messages, language);
        let sent = 0;
        let reason: 'stop' | 'length' = 'stop';
        for await (const text of paceWords(reply, wordsPerSecond, clock, signal)) {
          if (tokensIn(sent + text.length) > maxOutputTokens) {
            reason = 'length';
            break;
          }
          sent += text.length;
          yield { type: 'text_delta', text };
        }
        if (signal.aborted) return;
        const read = messages.reduce((sum, { content }) => sum + content.length, 0);
        yield { type: 'usage', inputTokens: tokensIn(read), outputTokens: tokensIn(sent) };
        yield { type: 'finish', reason };
      },
      health: () => Promise.resolve({ status: 'ok' }),
    };
  },
});
