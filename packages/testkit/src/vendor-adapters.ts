import {
  type LlmDefinition,
  type SpeechOutput,
  type TtsDefinition,
  TthError,
  defineLlm,
  defineTts,
  forgiveOne,
  secretRef,
  wholeFrames,
} from '@tth/core/plugin';
import * as z from 'zod';

// Adapters for the wire of the simulated vendor, written as those of a real one would be.

const options = z.strictObject({
  baseUrl: z.url(),
  apiKey: secretRef('VENDOR_KEY'),
  /** For a voice: how its sound travels. */
  form: z.enum(['raw', 'lines']).default('raw'),
});

const chatEvent = z.object({ text: z.string().optional(), finish: z.enum(['stop', 'length']).optional() });
const speechLine = z.object({
  audio: z.base64().optional(),
  durationMs: z.number().default(0),
  words: z.array(z.object({ text: z.string(), startMs: z.number(), durationMs: z.number() })).default([]),
  done: z.boolean().default(false),
});
const brokenOff = (): TthError =>
  new TthError('provider.protocol_error', 'The answer ended before its last piece.');
const toUs = (ms: number): number => Math.round(ms * 1000);

/** A model of the simulated vendor. */
export const vendorLlm = (id: string): LlmDefinition<typeof options> =>
  defineLlm({
    id,
    options,
    capabilities: { stage: 'llm', structured: false, tools: false, continuePrefix: true },
    create: ({ baseUrl, apiKey }, { http, secrets }) => {
      const headers = { authorization: `Bearer ${secrets.reveal(apiKey)}` };
      return {
        async *inferStream({ messages }, _control, { signal }) {
          const read = forgiveOne((data: string) => chatEvent.parse(JSON.parse(data)));
          const response = await http.post(`${baseUrl}/chat`, { headers, json: { messages }, signal });
          let isFinished = false;
          for await (const { data } of response.sse()) {
            if (data === '[DONE]') break;
            const event = read(data);
            if (event?.text !== undefined) yield { type: 'text_delta', text: event.text };
            if (event?.finish === undefined) continue;
            isFinished = true;
            yield { type: 'finish', reason: event.finish };
          }
          if (!isFinished && !signal.aborted) throw brokenOff();
        },
        health: async (signal) => {
          await (await http.get(`${baseUrl}/health`, { headers, signal })).json();
          return { status: 'ok' };
        },
      };
    },
  });

/** A voice of the simulated vendor. */
export const vendorTts = (id: string): TtsDefinition<typeof options> =>
  defineTts({
    id,
    options,
    capabilities: ({ form }) => ({
      stage: 'tts',
      input: 'sentence',
      timings: { words: form === 'lines' ? 'measured' : 'none', phonemes: 'none' },
      pausable: true,
      languages: [],
      voices: [],
      controls: { emotions: [] },
    }),
    create: ({ baseUrl, apiKey, form }, { http, secrets }) => {
      const headers = { authorization: `Bearer ${secrets.reveal(apiKey)}` };

      async function* raw(text: string, signal: AbortSignal): AsyncGenerator<SpeechOutput, void> {
        const response = await http.post(`${baseUrl}/speech`, { headers, json: { text }, signal });
        let samples = 0;
        for await (const pcm of wholeFrames(response.bytes())) {
          samples += pcm.length;
          yield { pcm, words: [], phonemes: [], timing: 'estimated' };
        }
        if (samples === 0 && !signal.aborted) throw brokenOff();
      }

      async function* lines(text: string, signal: AbortSignal): AsyncGenerator<SpeechOutput, void> {
        const response = await http.post(`${baseUrl}/lines`, { headers, json: { text }, signal });
        for await (const line of response.ndjson((value) => speechLine.parse(value))) {
          if (line.done) return;
          if (line.audio === undefined) continue;
          const bytes = new Uint8Array(Buffer.from(line.audio, 'base64'));
          yield {
            pcm: new Int16Array(bytes.buffer, 0, bytes.byteLength >> 1),
            words: line.words.map((word) => ({
              text: word.text,
              startUs: toUs(word.startMs),
              durationUs: toUs(word.durationMs),
            })),
            phonemes: [],
            timing: 'measured',
            declaredUs: toUs(line.durationMs),
          };
        }
        if (signal.aborted) return;
        throw brokenOff();
      }

      return {
        inferStream: ({ text }, _control, { signal }) => (form === 'raw' ? raw : lines)(text, signal),
        health: async (signal) => {
          await (await http.get(`${baseUrl}/health`, { headers, signal })).json();
          return { status: 'ok' };
        },
      };
    },
  });
