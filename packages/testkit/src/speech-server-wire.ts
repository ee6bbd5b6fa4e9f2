import type { AskedOfVendor, HttpVendorWire, VendorAnswer } from './http-vendor.ts';
import { type Step, speechSteps } from './vendor-wire.ts';

// The wire of a speech server of our own, as vLLM-Omni has it.
//
//   POST /v1/audio/speech  {input, voice | ref_audio + ref_text, response_format, speed?, stream?, stream_format?}
//                          raw sound, with its tokens in headers, or with `stream_format: "sse"` events:
//                          speech.audio.delta, speech.audio.done
//   GET  /v1/audio/voices  {voices, uploaded_voices: [{name}]}
//   GET  /health           200, empty

const piece = (text: string): Step => ({ kind: 'piece', bytes: Buffer.from(text) });

/** One event, named inside as outside. */
const event = (type: string, fields: object): Step =>
  piece(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);

/** What a text costs: in, and out. */
const tokensOf = (text: string): [number, number] => [text.length, text.length * 2];

function* eventSteps(steps: Iterable<Step>, text: string): Generator<Step, void> {
  for (const step of steps) {
    if (step.kind !== 'piece') yield step;
    else {
      const audio = Buffer.from(step.bytes).toString('base64');
      yield event('speech.audio.delta', { audio, response_format: 'pcm' });
    }
  }
  const [input, output] = tokensOf(text);
  const usage = { input_tokens: input, output_tokens: output, total_tokens: input + output };
  yield event('speech.audio.done', { usage });
}

/** Why a request cannot be served. */
const problemOf = (body: Readonly<Record<string, unknown>>, kept: readonly string[]): string | undefined => {
  const { input, voice, ref_audio: audio, ref_text: text, stream, speed } = body;
  if (typeof input !== 'string' || input === '') return 'input is missing';
  if (typeof voice === 'string') return kept.includes(voice) ? undefined : `there is no voice ${voice}`;
  if (typeof audio !== 'string' || !/^(data:audio\/|https?:|file:)/.test(audio))
    return 'ref_audio is missing';
  if (typeof text !== 'string' || text === '') return 'ref_text is missing';
  return stream === true && speed !== undefined && speed !== 1 ? 'speed needs a whole answer' : undefined;
};

const refusal = (message: string): VendorAnswer => ({
  status: 400,
  contentType: 'application/json',
  steps: [piece(JSON.stringify({ error: { message, type: 'BadRequestError', param: null, code: 400 } }))],
});

/** A speech server that keeps voices of these names and imitates any clip. */
export const speechServerWire = (kept: readonly string[] = ['anna', 'anna-happy']): HttpVendorWire => ({
  facts: {
    '/health': '',
    '/v1/audio/voices': { voices: [], uploaded_voices: kept.map((name) => ({ name })) },
  },
  answer: ({ path, body = {} }: AskedOfVendor) => {
    if (path !== '/v1/audio/speech') return undefined;
    const problem = problemOf(body, kept);
    if (problem !== undefined) return refusal(problem);
    const text = String(body['input']);
    const steps = speechSteps(text, { msPerCharacter: 50 / Number(body['speed'] ?? 1) });
    if (body['stream'] === true && body['stream_format'] === 'sse') {
      return { contentType: 'text/event-stream; charset=utf-8', steps: eventSteps(steps, text) };
    }
    const [input, output] = tokensOf(text);
    const headers = {
      'x-vllm-omni-input-tokens': String(input),
      'x-vllm-omni-output-tokens': String(output),
    };
    return { contentType: 'audio/pcm', headers, steps };
  },
});
