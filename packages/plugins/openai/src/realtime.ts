import {
  type InferContext,
  type Refusal,
  type SpeechControl,
  type SpeechInput,
  defineTts,
} from '@tth/core/plugin';
import { findModels, judgeModel } from './models.ts';
import { createConnection } from './realtime-connection.ts';
import { createComplaints } from './realtime-errors.ts';
import { createFidelity } from './realtime-fidelity.ts';
import { createRateLimits } from './realtime-limits.ts';
import { realtimeCapabilities, realtimeOptions } from './realtime-options.ts';
import { type Reader, type ReaderDeps, createReader } from './realtime-reader.ts';

/** What an answer says beside its body that counts here. */
const headersOf = ({ header }: Refusal): Headers => {
  const names = ['retry-after', 'retry-after-ms', 'x-request-id'];
  return new Headers(
    names.flatMap((name): [string, string][] => {
      const value = header(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
};

/**
 * OpenAI's realtime models as readers: conversational models that are told to read, one socket per conversation. What
 * they said is compared with the text; one that again and again says something else fails.
 */
export const openaiRealtime = defineTts({
  id: 'openai-realtime',
  optIn: true,
  options: realtimeOptions,
  capabilities: realtimeCapabilities,
  create: (options, { clock, http, log, secrets, socket }) => {
    const { baseUrl, model } = options;
    const url = `${baseUrl.replace(/^http/, 'ws')}/realtime?model=${encodeURIComponent(model)}`;
    const headers = { authorization: `Bearer ${secrets.reveal(options.apiKey)}` };
    const limits = createRateLimits(clock);
    const complaints = createComplaints(new URL(baseUrl).host, () => clock.now());
    const connect = async (signal: AbortSignal) => {
      const explain = (refusal: Refusal) =>
        complaints.failOf(refusal.body, refusal.status, headersOf(refusal));
      const opened = await socket.open(url, { headers, signal, explain });
      return createConnection(opened, { clock, log, limits, failOf: complaints.failOf });
    };
    const newReader = (given: Pick<ReaderDeps, 'fidelity' | 'signal'>): Reader =>
      createReader({ options, limits, complaints, connect, clock, ...given });
    /** Of sentences that belong to no conversation. */
    const shared = createFidelity(options.misreadLimit);

    return {
      async *inferStream(input: SpeechInput, control: SpeechControl, context: InferContext) {
        const reader = newReader({ fidelity: shared });
        try {
          yield* reader.inferStream(input, control, context);
        } finally {
          await reader.close();
        }
      },
      openSession: async ({ signal }) => {
        const reader = newReader({ fidelity: createFidelity(options.misreadLimit), signal });
        await reader.open();
        return reader;
      },
      health: async (signal) => judgeModel(model, await findModels(http, { baseUrl, headers, signal })),
    };
  },
});
