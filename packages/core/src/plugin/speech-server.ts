import * as z from 'zod';
import { TthError, isTthError } from '../domain/errors.ts';
import { type Pcm, sampleRateHz } from '../domain/media.ts';
import type { Health, InferContext } from './adapter.ts';
import type { Http, HttpResponse } from './http.ts';
import type { Explain } from './refusal.ts';
import { someSound, soundFrames } from './sound-body.ts';
import { speechEvents } from './speech-events.ts';
import { wholeFrames } from './whole-frames.ts';

/** How a server is told whose voice to speak with: one that it keeps, or a recording to imitate, as a `data:` address. */
export type VoiceFields =
  | { readonly voice: string }
  | { readonly ref_audio: string; readonly ref_text: string };

const encoder = new TextEncoder();

/** The fields of a voice as the end of a JSON object. A recording goes along with every sentence; it is written once. */
export type WrittenVoice = Uint8Array<ArrayBuffer>;
export const writeVoice = (fields: VoiceFields): WrittenVoice =>
  encoder.encode(`,${JSON.stringify(fields).slice(1)}`);

/** A JSON object of these fields and those of a voice. */
const joinVoice = (fields: object, voice: WrittenVoice): Uint8Array<ArrayBuffer> => {
  const start = encoder.encode(JSON.stringify(fields).slice(0, -1));
  const body = new Uint8Array(start.length + voice.length);
  body.set(start);
  body.set(voice, start.length);
  return body;
};

/** What a server is asked for beside the text. */
export interface SpeechRequest {
  readonly voice: WrittenVoice;
  /** Absent: the one model that it serves. */
  readonly model?: string | undefined;
  /** A factor; 1 is the voice's own. */
  readonly speed?: number;
  /** Sound as it is made. Most models take no other speed than 1 then. */
  readonly stream: boolean;
}

/** A server of our own that speaks OpenAI's speech form, `/v1/audio/speech`, as vLLM-Omni does. */
export interface SpeechServer {
  /** A text as samples at the engine's rate. What it cost in tokens is reported as usage. */
  speak(
    text: string,
    request: SpeechRequest,
    context: Pick<InferContext, 'signal' | 'usage'>,
  ): AsyncGenerator<Pcm, void>;
  /** Whether it is alive and keeps the voices of these names. */
  health(voices: readonly string[], signal: AbortSignal): Promise<Health>;
}

export interface SpeechServerOptions {
  readonly http: Http;
  /** With its `/v1`. */
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const named = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const voiceList = z.object({
  voices: z.array(named).default([]),
  uploaded_voices: z.array(named).default([]),
});

/** Reads an answer of whatever form to its end: that it came is enough. */
const readAny = async (response: HttpResponse): Promise<void> => {
  await response.json().catch((error: unknown) => {
    if (!isTthError(error) || error.code !== 'provider.protocol_error') throw error;
  });
};

/** What a whole answer cost, where vLLM-Omni says so. */
const reportTokens = ({ header }: HttpResponse, usage: InferContext['usage']): void => {
  for (const unit of ['input_tokens', 'output_tokens'] as const) {
    const amount = header(`x-vllm-omni-${unit.replace('_', '-')}`);
    if (amount !== undefined && /^\d+$/.test(amount)) usage({ unit, amount: Number(amount) });
  }
};

/** A server of our own refuses a request only for what its operator has set. */
const explain: Explain = ({ status }) =>
  status === 400 || status === 422
    ? new TthError(
        'provider.misconfigured',
        'The speech server does not accept the request; check the voices and the model in the options.',
        { details: { status } },
      )
    : undefined;

export const createSpeechServer = ({ http, baseUrl, headers = {} }: SpeechServerOptions): SpeechServer => {
  const root = baseUrl.replace(/\/+$/, '');

  const keptVoices = async (signal: AbortSignal): Promise<readonly string[]> => {
    const response = await http.get(`${root}/audio/voices`, { headers, signal });
    const list = voiceList.safeParse(await response.json());
    return list.success ? [...list.data.voices, ...list.data.uploaded_voices] : [];
  };

  return {
    async *speak(text, { voice, model, speed, stream }, { signal, usage }) {
      const fields = {
        input: text,
        response_format: 'pcm',
        sample_rate: sampleRateHz,
        ...(model !== undefined && { model }),
        ...(speed !== undefined && { speed }),
        ...(stream && { stream, stream_format: 'sse' }),
      };
      const response = await http.post(`${root}/audio/speech`, {
        headers: { ...headers, 'content-type': 'application/json' },
        body: joinVoice(fields, voice),
        signal,
        explain,
      });
      if (!stream) reportTokens(response, usage);
      yield* stream ? someSound(wholeFrames(speechEvents(response.sse(), usage))) : soundFrames(response);
    },

    health: async (voices, signal) => {
      await readAny(await http.get(new URL('/health', root).href, { headers, signal }));
      const kept = voices.length === 0 ? [] : await keptVoices(signal);
      const missing = voices.filter((voice) => !kept.includes(voice));
      return missing.length === 0
        ? { status: 'ok' }
        : { status: 'down', detail: `The server does not keep these voices: ${missing.join(', ')}.` };
    },
  };
};
