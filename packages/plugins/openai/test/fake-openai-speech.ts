import {
  type Fault,
  type HttpVendor,
  type HttpVendorScript,
  type Refusal,
  type Step,
  type VendorAnswer,
  startHttpVendor,
} from '@tth/testkit';
import {
  type Asked,
  type WavLooks,
  captionSteps,
  eventSteps,
  piece,
  rawSteps,
  wavSteps,
} from './speech-answers.ts';

type Body = Readonly<Record<string, unknown>>;

/** How the server answers. Nothing said: as it should. */
export interface SpeechScript extends HttpVendorScript {
  readonly headers?: Readonly<Record<string, string>>;
  /** The rate at which the sound is made; of raw sound nobody is told. */
  readonly rateHz?: number;
  readonly wav?: WavLooks;
  /** Voices that it lists. */
  readonly voices?: readonly string[];
}

/** A server of `/v1/audio/speech` on loopback, with what Kokoro, vLLM-Omni, Orpheus and Piper have beside it. */
export type SpeechServer = HttpVendor<SpeechScript>;

/** The sound that a request asks for, with its content type. */
const soundFor = (
  path: string,
  body: Body,
  { rateHz = 24_000, wav }: SpeechScript,
): [string, Iterable<Step>] => {
  const { input, text: plain } = body as { readonly input?: string; readonly text?: string };
  const text = input ?? plain ?? '';
  const speed = Number(body['speed'] ?? 1 / Number(body['length_scale'] ?? 1));
  const volume = Number(body['volume_multiplier'] ?? 1);
  const asked: Asked = { text, speed, rateHz, volume };
  if (path === '/dev/captioned_speech') return ['application/json', captionSteps(asked)];
  if (body['stream_format'] === 'sse') return ['text/event-stream; charset=utf-8', eventSteps(asked)];
  if (body['response_format'] === 'pcm') return ['audio/pcm', rawSteps(asked)];
  return ['audio/wav', wavSteps(asked, wav)];
};

/** What the server tells when it is asked for something else than speech. */
const factsOf = (path: string, { voices = ['af_heart', 'anna', 'tara'] }: SpeechScript): unknown => {
  if (path === '/health') return { status: 'healthy' };
  if (path === '/health/liveliness') return "I'm alive!";
  if (path === '/voices') return Object.fromEntries(voices.map((voice) => [voice, { num_speakers: 1 }]));
  if (path === '/v1/audio/voices')
    return { voices: voices.map((id) => ({ id, name: id })), uploaded_voices: [] };
  if (path === '/v1/models') return { object: 'list', data: [] };
  if (path.startsWith('/v1/models/'))
    return { id: path.slice(11), object: 'model', created: 1, owned_by: 'x' };
  return undefined;
};

const answer = (path: string, body: Body, script: SpeechScript): VendorAnswer => {
  const [contentType, steps] = soundFor(path, body, script);
  return { contentType, ...(script.headers && { headers: script.headers }), steps };
};

const tell = (path: string, script: SpeechScript): Refusal | undefined => {
  if (script.refusal !== undefined) return { status: script.refusal.status, body: {} };
  const facts = factsOf(path, script);
  if (facts === undefined) return undefined;
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(facts) };
};

/** Without `/v1` in its address. */
export const startSpeechServer = (): Promise<SpeechServer> =>
  startHttpVendor<SpeechScript>({
    answer: ({ path, body = {} }, script) => answer(path, body, script),
    facts: tell,
  });

/** Cuts the sound inside of events anew, into runs of this many bytes. */
export const rebase =
  (byteLength: number): Fault =>
  (given) => {
    const steps = [...given];
    const texts = steps.flatMap((step) =>
      step.kind === 'piece' ? [Buffer.from(step.bytes).toString()] : [],
    );
    const audio = texts.map((text) => /"audio":"([^"]*)"/.exec(text)?.[1] ?? '');
    const all = Buffer.concat(audio.map((base64) => Buffer.from(base64, 'base64')));
    const events = Array.from({ length: Math.ceil(all.length / byteLength) }, (_, at) => {
      const run = all.subarray(at * byteLength, (at + 1) * byteLength).toString('base64');
      return piece(`data: ${JSON.stringify({ type: 'speech.audio.delta', audio: run })}\n\n`);
    });
    return [...events, ...steps.slice(-1)];
  };
