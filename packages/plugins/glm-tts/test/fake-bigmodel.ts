import { pcmBytes } from '@tth/core/plugin';
import {
  type AskedOfVendor,
  type HttpVendor,
  type Step,
  type VendorAnswer,
  speechSteps,
  startHttpVendor,
} from '@tth/testkit';

// The wire of BigModel's speech: a JSON request, and sound as text in events.
//
//   POST /api/paas/v4/audio/speech  {model, input, voice, speed, volume, response_format, stream, encode_format}
//   GET  /api/paas/v4/models

/** What the simulator may do that a well-behaved service need not. */
export interface BigmodelHabits {
  /** The rate at which the sound is made, and which the events name. */
  rateHz: number;
  /** An event of this many bytes comes before any speech. */
  tinyFirstBytes: number;
  /** Whether the last event is `[DONE]`. */
  endsWithDone: boolean;
  /** Whether an event says why the speech ended. */
  tellsFinish: boolean;
}

const usual: BigmodelHabits = { rateHz: 24_000, tinyFirstBytes: 0, endsWithDone: true, tellsFinish: true };

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

function* eventsOf(body: Readonly<Record<string, unknown>>, habits: BigmodelHabits): Generator<Step, void> {
  const encoding = body['encode_format'] === 'hex' ? 'hex' : 'base64';
  const sound = (bytes: Uint8Array): Step =>
    chunk({
      delta: {
        role: 'assistant',
        content: Buffer.from(bytes).toString(encoding),
        return_sample_rate: habits.rateHz,
      },
    });
  if (habits.tinyFirstBytes > 0) yield sound(new Uint8Array(habits.tinyFirstBytes).fill(65));
  const options = { rateHz: habits.rateHz, msPerCharacter: 50 / Number(body['speed'] ?? 1) };
  const volume = Number(body['volume'] ?? 1);
  for (const step of speechSteps(String(body['input']), options)) {
    yield step.kind === 'piece' ? sound(louder(step.bytes, volume)) : step;
  }
  if (habits.tellsFinish) yield chunk({ finish_reason: 'stop', delta: { content: '' } });
  if (habits.endsWithDone) yield event('[DONE]');
}

/** BigModel's speech on loopback. */
export interface FakeBigmodel extends HttpVendor {
  /** With the path of the API. */
  readonly baseUrl: string;
  /** What it does from now on beside what it has to. */
  behave(habits: Partial<BigmodelHabits>): void;
}

export const startFakeBigmodel = async (): Promise<FakeBigmodel> => {
  let habits = usual;
  const answer = ({ path, body = {} }: AskedOfVendor): VendorAnswer | undefined =>
    path === '/api/paas/v4/audio/speech'
      ? { contentType: 'text/event-stream', steps: eventsOf(body, habits) }
      : undefined;
  const vendor = await startHttpVendor({ answer, facts: { '/api/paas/v4/models': { data: [] } } });
  const { url, requests, questions, play, close } = vendor;
  return {
    url,
    baseUrl: `${url}/api/paas/v4`,
    requests,
    questions,
    get openSockets() {
      return vendor.openSockets;
    },
    play,
    close,
    behave: (given) => {
      habits = { ...usual, ...given };
    },
  };
};
