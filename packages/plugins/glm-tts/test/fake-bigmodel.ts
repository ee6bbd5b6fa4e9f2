import { pcmBytes } from '@tth/core/plugin';
import {
  type HttpVendor,
  type HttpVendorScript,
  type Step,
  speechSteps,
  startHttpVendor,
} from '@tth/testkit';

// The wire of BigModel's speech: a JSON request, and sound as text in events.
//
//   POST /api/paas/v4/audio/speech  {model, input, voice, speed, volume, response_format, stream, encode_format}
//   GET  /api/paas/v4/models

/** What the service may do beside what it has to. Nothing said: it behaves well. */
export interface BigmodelScript extends HttpVendorScript {
  /** The rate at which the sound is made, and which the events name. */
  readonly rateHz?: number;
  /** An event of this many bytes comes before any speech. */
  readonly tinyFirstBytes?: number;
  /** Whether the last event is `[DONE]`. */
  readonly endsWithDone?: boolean;
  /** Whether an event says why the speech ended. */
  readonly tellsFinish?: boolean;
}

const event = (data: string): Step => ({ kind: 'piece', bytes: Buffer.from(`data: ${data}\n\n`) });

const chunk = (choice: object): Step =>
  event(
    JSON.stringify({
      id: '1',
      created: 1_795_305_600,
      model: 'glm-tts',
      choices: [{ index: 0, ...choice }],
    }),
  );

/** Raw sound at another volume, within its range. */
const louder = (bytes: Uint8Array, volume: number): Uint8Array => {
  const samples = new Int16Array(bytes.slice().buffer);
  const limit = (sample: number): number => Math.max(-32_768, Math.min(32_767, Math.round(sample)));
  return pcmBytes(samples.map((sample) => limit(sample * volume)));
};

function* eventsOf(
  body: Readonly<Record<string, unknown>>,
  { rateHz = 24_000, tinyFirstBytes = 0, endsWithDone = true, tellsFinish = true }: BigmodelScript,
): Generator<Step, void> {
  const encoding = body['encode_format'] === 'hex' ? 'hex' : 'base64';
  const sound = (bytes: Uint8Array): Step =>
    chunk({
      delta: {
        role: 'assistant',
        content: Buffer.from(bytes).toString(encoding),
        return_sample_rate: rateHz,
      },
    });
  if (tinyFirstBytes > 0) yield sound(new Uint8Array(tinyFirstBytes).fill(65));
  const options = { rateHz, msPerCharacter: 50 / Number(body['speed'] ?? 1) };
  const volume = Number(body['volume'] ?? 1);
  for (const step of speechSteps(String(body['input']), options)) {
    yield step.kind === 'piece' ? sound(louder(step.bytes, volume)) : step;
  }
  if (tellsFinish) yield chunk({ finish_reason: 'stop', delta: { content: '' } });
  if (endsWithDone) yield event('[DONE]');
}

/** BigModel's speech on loopback, its API under `/api/paas/v4`. */
export const startFakeBigmodel = (): Promise<HttpVendor<BigmodelScript>> =>
  startHttpVendor<BigmodelScript>({
    answer: ({ path, body = {} }, script) =>
      path === '/api/paas/v4/audio/speech'
        ? { contentType: 'text/event-stream', steps: eventsOf(body, script) }
        : undefined,
    facts: { '/api/paas/v4/models': { data: [] } },
  });
