import { defineLlm } from '@tth/core/plugin';
import { answer } from './answer.ts';
import { chatBody } from './chat-request.ts';
import { createChatReader } from './chat-stream.ts';
import { openEndpoint } from './endpoint.ts';
import { capabilitiesOf, chatOptions } from './options.ts';

/** A model behind Chat Completions, of OpenAI or of a server that speaks its API. */
export const openaiChat = defineLlm({
  id: 'openai',
  optIn: true,
  options: chatOptions,
  capabilities: (options) => capabilitiesOf(options),
  create: (options, deps) => {
    const { connection, health, warmup, makeId } = openEndpoint(options, deps);
    return {
      inferStream: (input, control, context) =>
        answer(
          {
            connection,
            deps,
            open: (asked, signal) =>
              connection.client.chat.completions
                .create(chatBody(options, asked, control), { signal })
                .asResponse(),
            createReader: () =>
              createChatReader({
                mayThink: options.thinking === 'on',
                makeId,
                failOf: connection.failOf,
              }),
          },
          input,
          context,
        ),
      health,
      warmup: (signal) =>
        warmup(signal, async () => {
          const body = chatBody(
            options,
            { messages: [{ role: 'user', content: 'Hello' }] },
            { language: 'en', maxOutputTokens: 1 },
          );
          const response = await connection.client.chat.completions.create(body, { signal }).asResponse();
          for await (const _ of deps.http.read(response, signal).bytes());
        }),
    };
  },
});
