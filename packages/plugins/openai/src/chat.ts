import { type LlmControl, type LlmInput, defineLlm } from '@tth/core/plugin';
import { chatBody } from './chat-request.ts';
import { createChatReader } from './chat-stream.ts';
import { createLlm } from './llm.ts';
import { capabilitiesOf, chatOptions } from './options.ts';

/** The shortest answer there is. */
const hello: LlmInput = { messages: [{ role: 'user', content: 'Hello' }] };
const briefly: LlmControl = { language: 'en', maxOutputTokens: 1 };

/** A model behind Chat Completions, of OpenAI or of a server that speaks its API. */
export const openaiChat = defineLlm({
  id: 'openai',
  optIn: true,
  options: chatOptions,
  capabilities: (options) => capabilitiesOf(options),
  create: (options, deps) =>
    createLlm(options, deps, ({ connection: { client, failOf }, makeId }) => {
      const open = (input: LlmInput, control: LlmControl, signal: AbortSignal): Promise<Response> =>
        client.chat.completions.create(chatBody(options, input, control), { signal }).asResponse();
      return {
        open,
        createReader: () => createChatReader({ mayThink: options.thinking === 'on', makeId, failOf }),
        load: async (signal) => {
          const response = await open(hello, briefly, signal);
          for await (const _ of deps.http.read(response, signal).bytes());
        },
      };
    }),
});
