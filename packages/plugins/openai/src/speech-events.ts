import {
  type HttpResponse,
  type InferContext,
  type Pcm,
  TthError,
  forgiveOne,
  fromBase64,
  wholeFrames,
} from '@tth/core/plugin';
import * as z from 'zod';
import type { SpeechCalls } from './speech-calls.ts';
import { truncated } from './speech-errors.ts';

const tokens = z.int().nonnegative();

/** Events of `stream_format: "sse"`; unknown ones are left alone. */
const speechEvent = z.looseObject({
  type: z.string().default(''),
  audio: z.base64().optional(),
  error: z.unknown().optional(),
  usage: z.object({ input_tokens: tokens, output_tokens: tokens }).nullish(),
});

/** The sound of an answer in events. Throws where the events end without the last one, or say that it failed. */
export async function* readSpeechEvents(
  response: HttpResponse,
  sampleRateHz: number,
  { failOf }: Pick<SpeechCalls, 'failOf'>,
  { signal, usage }: Pick<InferContext, 'signal' | 'usage'>,
): AsyncGenerator<Pcm, void> {
  const contentType = response.header('content-type') ?? '';
  if (!/^text\/event-stream/i.test(contentType)) {
    throw new TthError('provider.protocol_error', 'The provider answered with something else than events.', {
      details: { contentType },
    });
  }
  const read = forgiveOne((data: string) => speechEvent.parse(JSON.parse(data)));

  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    for await (const { data } of response.sse()) {
      if (data === '[DONE]') continue;
      const event = read(data);
      if (event?.error != null || event?.type === 'speech.audio.error') throw failOf(event.error);
      if (event?.type === 'speech.audio.delta' && event.audio) yield fromBase64(event.audio);
      if (event?.type !== 'speech.audio.done') continue;
      if (event.usage != null) {
        usage({ unit: 'input_tokens', amount: event.usage.input_tokens });
        usage({ unit: 'output_tokens', amount: event.usage.output_tokens });
      }
      return;
    }
    if (!signal.aborted) throw truncated();
  }

  yield* wholeFrames(bytes(), { encoding: 'pcm_s16le', sampleRateHz, channels: 1 });
}
