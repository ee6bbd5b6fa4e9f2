import { TthError, defineLlm, secretRef } from '@tth/core/plugin';
import * as z from 'zod';
import { answerLine } from './wire.ts';

/** A model of a made-up vendor that streams its answer as lines of JSON. Put your vendor's calls in their place. */
export const acmePlugin = defineLlm({
  id: 'acme-plugin',
  options: z.strictObject({
    apiKey: secretRef('ACME_PLUGIN_KEY'),
    baseUrl: z.url().default('https://api.acme-plugin.example/v1'),
  }),
  capabilities: { stage: 'llm', structured: false, tools: false, continuePrefix: false },
  create: ({ apiKey, baseUrl }, { http, secrets }) => {
    const headers = { authorization: `Bearer ${secrets.reveal(apiKey)}` };
    return {
      async *inferStream({ messages }, { maxOutputTokens }, { signal }) {
        const json = { messages, maxOutputTokens };
        const response = await http.post(`${baseUrl}/chat`, { headers, json, signal });
        for await (const line of response.ndjson((value) => answerLine.parse(value))) {
          if (line.text !== undefined) yield { type: 'text_delta', text: line.text };
          if (line.done === undefined) continue;
          yield { type: 'usage', ...line.done };
          yield { type: 'finish', reason: 'stop' };
          return;
        }
        if (signal.aborted) return;
        throw new TthError('provider.protocol_error', 'The answer ended without its last line.');
      },
      health: async (signal) => {
        await (await http.get(`${baseUrl}/health`, { headers, signal })).json();
        return { status: 'ok' };
      },
    };
  },
});
