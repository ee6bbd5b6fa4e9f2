import { TthError, defineTts, secretRef, wholeFrames } from '@tth/core/plugin';
import * as z from 'zod';

/** How the vendor's sound comes; it is brought to 24 kHz once. */
const audio = { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 } as const;

/** A voice of a made-up vendor that streams raw sound. Put your vendor's calls in their place. */
export const acmePlugin = defineTts({
  id: 'acme-plugin',
  options: z.strictObject({
    apiKey: secretRef('ACME_PLUGIN_KEY'),
    baseUrl: z.url().default('https://api.acme-plugin.example/v1'),
    voice: z.string().default('nova'),
  }),
  capabilities: {
    stage: 'tts',
    input: 'sentence',
    timings: { words: 'none', phonemes: 'none' },
    pausable: true,
    languages: [],
    voices: ['nova'],
    controls: { emotions: [], rate: { min: 0.5, max: 2 } },
  },
  create: ({ apiKey, baseUrl, voice }, { http, secrets }) => {
    const headers = { authorization: `Bearer ${secrets.reveal(apiKey)}` };
    return {
      async *inferStream({ text }, { rate }, { signal, usage }) {
        const json = { text, voice, rate };
        const response = await http.post(`${baseUrl}/speech`, { headers, json, signal });
        usage({ unit: 'characters', amount: text.length });
        let isSilent = true;
        for await (const pcm of wholeFrames(response.bytes(), audio)) {
          isSilent = false;
          yield { pcm, words: [], phonemes: [], timing: 'estimated' };
        }
        if (!isSilent || signal.aborted) return;
        throw new TthError('provider.protocol_error', 'The answer ended without any sound.');
      },
      health: async (signal) => {
        await (await http.get(`${baseUrl}/health`, { headers, signal })).json();
        return { status: 'ok' };
      },
    };
  },
});
