import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type Heard,
  type HttpVendor,
  createInferContext,
  dieAfter,
  endAfter,
  goOnWith,
  hangAfter,
  hear,
  neutralSpeech,
  recut,
  speechServerWire,
  startHttpVendor,
  toneAt,
  wavFile,
} from '@tth/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { silentLog, type SecretStore } from './services.ts';
import { systemClock } from '../domain/time.ts';
import type { SpeechControl, TtsImplementation } from './adapter.ts';
import { createHttp } from './http.ts';
import { createServedVoice, servedCapabilities, servedVoiceOptions } from './served-voice.ts';

const soon = { interval: 2, timeout: 5_000 };

const schema = z.strictObject(servedVoiceOptions);
const secrets: SecretStore = { reveal: ({ secret }) => `value-of-${secret}` };

let vendor: HttpVendor;
let folder: string;
let clip: string;
beforeAll(async () => {
  vendor = await startHttpVendor(speechServerWire());
  folder = await mkdtemp(path.join(tmpdir(), 'tth-voice-'));
  clip = path.join(folder, 'anna.wav');
  await writeFile(clip, wavFile(toneAt(0, 24_000)));
});
afterAll(async () => {
  await vendor.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => vendor.play({}));

const optionsOf = (given: object) =>
  schema.parse({ baseUrl: `${vendor.url}/v1`, voices: { mira: { speaker: 'anna' } }, ...given });

const start = (given: object = {}): TtsImplementation =>
  createServedVoice(optionsOf(given), {
    http: createHttp({ clock: systemClock, log: silentLog }),
    secrets,
    readFile: (file) => readFile(file),
  });

const speak = (
  voice: TtsImplementation,
  control: Partial<SpeechControl> = {},
  text = 'Good morning to you.',
): Promise<Heard> => hear(voice, { control, text });
const failureOf = (given: object = {}): Promise<unknown> =>
  speak(start(given)).catch((error: unknown) => error);
const asked = () => vendor.requests.at(-1)!;

describe('a voice behind a speech server', () => {
  it('asks for a stream of raw sound at the engine’s rate, and for what it costs', async () => {
    const { samples, usage } = await speak(start({ model: 'cosyvoice' }));

    expect(asked().body).toEqual({
      input: 'Good morning to you.',
      voice: 'anna',
      model: 'cosyvoice',
      response_format: 'pcm',
      sample_rate: 24_000,
      stream: true,
      stream_format: 'sse',
    });
    expect(asked().headers.authorization).toBeUndefined();
    expect(samples).toBe(20 * 0.05 * 24_000);
    expect(usage).toEqual([
      { unit: 'input_tokens', amount: 20 },
      { unit: 'output_tokens', amount: 40 },
    ]);
  });

  it('gives the same sound however its bytes are cut', async () => {
    vendor.play({ faults: [recut(481)] });

    expect((await speak(start())).samples).toBe(24_000);
  });

  it('sends the clip of a voice that is to be imitated, and what is said in it', async () => {
    await speak(start({ voices: { mira: { promptWav: clip, promptText: 'I am Anna.' } } }));

    const { ref_audio: audio, ref_text: text, voice } = asked().body as Record<string, string>;
    expect(text).toBe('I am Anna.');
    expect(voice).toBeUndefined();
    const [type, base64] = audio!.split(',');
    expect(type).toBe('data:audio/wav;base64');
    expect(Buffer.from(base64!, 'base64')).toEqual(await readFile(clip));
  });

  it('shows a secret to a server that was started with one', async () => {
    await speak(start({ apiKey: 'SERVER_KEY' }));

    expect(asked().headers.authorization).toBe('Bearer value-of-SERVER_KEY');
  });

  it('asks for the rate where sentences come as a whole', async () => {
    const voice = start({ stream: false });

    const { samples, usage } = await speak(voice, { rate: 2 });

    expect(samples).toBe(12_000);
    expect(usage).toEqual([
      { unit: 'input_tokens', amount: 20 },
      { unit: 'output_tokens', amount: 40 },
    ]);
    expect(asked().body).toMatchObject({ speed: 2 });
    expect(asked().body).not.toHaveProperty('stream');
  });

  it.each([
    [0.4, 'anna'],
    [0.5, 'anna-happy'],
    [1, 'anna-happy'],
  ])('shows a feeling of intensity %d by the voice %s', async (intensity, name) => {
    const feelings = { happy: { speaker: 'anna-happy' } };
    const voice = start({ voices: { mira: { speaker: 'anna', feelings } } });

    await speak(voice, { emotion: { label: 'happy', intensity } });

    expect(asked().body).toMatchObject({ voice: name });
  });

  it('speaks with the default voice, else with the first, where nobody is named that it knows', async () => {
    const voices = { mira: { speaker: 'anna' }, joy: { speaker: 'anna-happy' } };

    await speak(start({ voices }));
    expect(asked().body).toMatchObject({ voice: 'anna' });
    await speak(start({ voices, defaultVoice: 'joy' }));
    expect(asked().body).toMatchObject({ voice: 'anna-happy' });
    await speak(start({ voices, defaultVoice: 'joy' }), { voice: 'mira' });
    expect(asked().body).toMatchObject({ voice: 'anna' });
    await speak(start({ voices, defaultVoice: 'joy' }), { voice: 'constructor' });
    expect(asked().body).toMatchObject({ voice: 'anna-happy' });
  });
});

describe('what a voice behind a speech server can do', () => {
  const can = (given: object) => servedCapabilities(optionsOf(given), ['zh', 'en']);

  it('is what all of its voices can', () => {
    const feelings = { happy: { speaker: 'anna-happy' }, sad: { speaker: 'anna-sad' } };
    const both = { mira: { speaker: 'anna', feelings }, otto: { speaker: 'otto', feelings } };

    expect(can({ voices: both })).toMatchObject({
      languages: ['zh', 'en'],
      voices: ['mira', 'otto'],
      controls: { emotions: ['happy', 'sad'], intensity: false },
    });
    expect(can({ voices: { ...both, nell: { speaker: 'nell' } } }).controls.emotions).toEqual([]);
  });

  it('is another rate only for sentences that come as a whole', () => {
    expect(can({}).controls).not.toHaveProperty('rate');
    expect(can({ stream: false }).controls.rate).toEqual({ min: 0.25, max: 4 });
  });
});

describe('the health of a voice behind a speech server', () => {
  const health = (given: object = {}) => start(given).health(new AbortController().signal);

  it('is well where the server is alive and keeps its voices', async () => {
    expect(await health()).toEqual({ status: 'ok' });
    expect(vendor.questions.slice(-2).map(({ path }) => path)).toEqual(['/health', '/v1/audio/voices']);
  });

  it('names the voices that are missing', async () => {
    const feelings = { sad: { speaker: 'anna-sad' } };

    expect(await health({ voices: { mira: { speaker: 'anna', feelings } } })).toEqual({
      status: 'down',
      detail: 'The server does not keep these voices: anna-sad.',
    });
  });

  it('is bad where a clip cannot be read', async () => {
    const voices = { mira: { promptWav: path.join(folder, 'nobody.wav'), promptText: 'Hello.' } };

    await expect(health({ voices })).rejects.toMatchObject({ code: 'provider.misconfigured' });
  });
});

describe('a speech server that misbehaves', () => {
  const refusal = (status: number) => ({
    refusal: { status, body: { error: { message: 'no', type: 'Error', param: null, code: status } } },
  });

  it.each([
    ['400', refusal(400), 'provider.misconfigured'],
    ['401', refusal(401), 'provider.misconfigured'],
    ['404', refusal(404), 'provider.misconfigured'],
    ['422', refusal(422), 'provider.misconfigured'],
    ['429', refusal(429), 'provider.rate_limited'],
    ['500', refusal(500), 'provider.unavailable'],
    ['a page', { contentType: 'text/html' }, 'provider.protocol_error'],
    ['JSON', { contentType: 'application/json' }, 'provider.protocol_error'],
    ['nothing', { faults: [endAfter(0)] }, 'provider.protocol_error'],
    ['an end before it is done', { faults: [endAfter(3)] }, 'provider.protocol_error'],
    ['a cut in the middle', { faults: [dieAfter(3, 'rst')] }, 'provider.unavailable'],
    [
      'an error in the middle',
      { faults: [endAfter(3), goOnWith('data: {"type":"speech.audio.error","error":{"code":500}}\n\n')] },
      'provider.unavailable',
    ],
    [
      'half a sample',
      {
        faults: [
          endAfter(3),
          goOnWith(
            'data: {"type":"speech.audio.delta","audio":"AAAB"}\n\ndata: {"type":"speech.audio.done"}\n\n',
          ),
        ],
      },
      'provider.protocol_error',
    ],
  ])('with %s fails by its code, asked once', async (_name, script, code) => {
    vendor.play(script);
    const before = vendor.requests.length;

    expect(await failureOf()).toMatchObject({ code });
    expect(vendor.requests.length).toBe(before + 1);
  });

  it('is not taken for sound where a whole answer is a page or empty', async () => {
    vendor.play({ contentType: 'text/html' });
    expect(await failureOf({ stream: false })).toMatchObject({ code: 'provider.protocol_error' });

    vendor.play({ faults: [endAfter(0)] });
    expect(await failureOf({ stream: false })).toMatchObject({ code: 'provider.protocol_error' });
  });

  it('is left within one piece of an abort', async () => {
    vendor.play({ faults: [hangAfter(2)] });
    const abort = new AbortController();
    const context = createInferContext({ signal: abort.signal });
    const input = { text: 'Good morning to you.', previousText: '', nextText: '' };

    for await (const _ of start().inferStream(input, neutralSpeech, context)) {
      abort.abort();
      break;
    }

    await expect.poll(() => asked().state, soon).toBe('left');
    expect(asked().pieces).toBeLessThanOrEqual(3);
  });
});
