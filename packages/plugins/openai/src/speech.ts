import {
  type HttpResponse,
  type InferContext,
  type Pcm,
  type SpeechInput,
  type SpeechOutput,
  defineTts,
} from '@tth/core/plugin';
import { type SpeechCalls, createSpeechCalls } from './speech-calls.ts';
import { speechCapabilities } from './speech-capabilities.ts';
import { readCaptions } from './speech-captions.ts';
import { soundless } from './speech-errors.ts';
import { readSpeechEvents } from './speech-events.ts';
import { askHealth } from './speech-health.ts';
import { type SpeechSettings, speechOptions } from './speech-options.ts';
import { speechRequest } from './speech-request.ts';
import { readSound } from './speech-sound.ts';

async function* untimed(sound: AsyncIterable<Pcm>): AsyncGenerator<SpeechOutput, void> {
  for await (const pcm of sound) yield { pcm, words: [], phonemes: [], timing: 'estimated' };
}

/** The answer by its form. */
const read = (
  response: HttpResponse,
  { form, sampleRateHz }: SpeechSettings,
  calls: SpeechCalls,
  { text }: SpeechInput,
  context: InferContext,
): AsyncIterable<SpeechOutput> => {
  if (form === 'captions') return readCaptions(response, text, sampleRateHz, context.signal);
  if (form === 'sse') return untimed(readSpeechEvents(response, sampleRateHz, calls, context));
  return untimed(readSound(response, form === 'whole' ? undefined : sampleRateHz));
};

/** Tokens that vLLM-Omni counts in headers, where its answer has no place for them. */
const countHeaders = (response: HttpResponse, usage: InferContext['usage']): void => {
  for (const unit of ['input', 'output'] as const) {
    const amount = Number(response.header(`x-vllm-omni-${unit}-tokens`) ?? Number.NaN);
    if (Number.isSafeInteger(amount)) usage({ unit: `${unit}_tokens`, amount });
  }
};

/**
 * Speech of any server with OpenAI's `/v1/audio/speech`: one request per sentence. An answer without sound, one that
 * breaks off and one that says that it failed are failures of their provider. Nothing is tried again here.
 */
export const openaiSpeech = defineTts({
  id: 'openai-speech',
  optIn: true,
  options: speechOptions,
  capabilities: speechCapabilities,
  create: (settings, deps) => {
    const { server } = settings;
    const calls = createSpeechCalls(settings, deps);
    if (server.endsOn !== undefined) {
      deps.log.warn(
        { endsOn: server.endsOn },
        'the vendor shuts this endpoint down; give the route another voice before',
      );
    }
    return {
      async *inferStream(input, control, context) {
        const { signal } = context;
        const { url, json } = speechRequest(settings, input.text, control);
        const response = await calls.post(url, json, signal);
        context.usage({ unit: 'characters', amount: input.text.length });
        countHeaders(response, context.usage);
        let samples = 0;
        for await (const output of read(response, settings, calls, input, context)) {
          if (signal.aborted) return;
          samples += output.pcm.length;
          yield output;
        }
        if (samples === 0 && !signal.aborted) throw soundless();
      },
      health: (signal) => askHealth(settings, calls, signal),
    };
  },
});
