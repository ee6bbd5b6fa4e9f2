import type { SpeechControl } from '@tth/core/plugin';
import {
  dieAfter,
  endAfter,
  failureOf,
  goOnWith,
  hangAfter,
  hear,
  hearOnce,
  vendorHandle,
  recut,
  startAdapter,
} from '@tth/testkit';
import { ttsConformance } from '@tth/testkit/conformance';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { startFakeBigmodel } from './fake-bigmodel.ts';

const soon = { interval: 2, timeout: 5_000 };

const vendor = await startFakeBigmodel();
afterAll(() => vendor.close());
afterEach(() => vendor.play({}));

const start = (given: object = {}) =>
  startAdapter(plugin, 'tts', 'glm-tts', {
    options: { server: 'hosted', baseUrl: `${vendor.url}/api/paas/v4`, ...given },
  });

const speak = async (given: object = {}, control: Partial<SpeechControl> = {}, text?: string) => {
  const { samples, pcm } = await hearOnce(start(given), { control, ...(text !== undefined && { text }) });
  return { samples, sound: Buffer.from(pcm.buffer).toString('base64') };
};
const asked = () => vendor.requests.at(-1)!;

ttsConformance('GLM-TTS, hosted', () => start(), {
  vendor: vendorHandle(vendor),
  live: {
    secrets: ['BIGMODEL_API_KEY'],
    make: (secrets) => startAdapter(plugin, 'tts', 'glm-tts', { options: { server: 'hosted' }, secrets }),
  },
});

describe('hosted GLM-TTS', () => {
  it('asks for a stream of raw sound without a watermark, and shows its key', async () => {
    await speak();

    expect(asked().headers.authorization).toBe('Bearer secret-BIGMODEL_API_KEY');
    expect(asked().body).toEqual({
      model: 'glm-tts',
      input: 'Good morning to you.',
      voice: 'tongtong',
      speed: 1,
      volume: 1,
      response_format: 'pcm',
      stream: true,
      encode_format: 'base64',
      watermark_enabled: false,
    });
  });

  it.each<[string, Partial<SpeechControl>, object]>([
    ['rate', { rate: 1.5 }, { speed: 1.5 }],
    ['a rate that is too high', { rate: 3 }, { speed: 2 }],
    ['a rate that is too low', { rate: 0.3 }, { speed: 0.5 }],
    ['volume', { volume: 4 }, { volume: 4 }],
    ['no volume at all', { volume: 0 }, { volume: 0.01 }],
    ['voice', { voice: 'jam' }, { voice: 'jam' }],
    [
      'pitch, feeling and style, which it has none of',
      { pitch: 2, emotion: { label: 'sad', intensity: 1 }, style: 'slow' },
      { speed: 1, volume: 1 },
    ],
  ])('spells %s as the service does', async (_name, control, fields) => {
    await speak({}, control);

    expect(asked().body).toMatchObject(fields);
    expect(Object.keys(asked().body!)).toHaveLength(9);
  });

  it('asks for the watermark and for hexadecimal sound where the options say so', async () => {
    const usual = await speak();

    expect(await speak({ encoding: 'hex', watermark: true })).toEqual(usual);
    expect(asked().body).toMatchObject({ encode_format: 'hex', watermark_enabled: true });
  });

  it.each([
    ['without [DONE]', { endsWithDone: false }],
    ['without a reason for the end', { tellsFinish: false }],
    ['with a tiny event before the speech', { tinyFirstBytes: 199 }],
  ])('gives the same sound %s', async (_name, habits) => {
    const usual = await speak();
    vendor.play(habits);

    expect(await speak()).toEqual(usual);
  });

  it('gives the same sound however its bytes are cut', async () => {
    const usual = await speak();
    vendor.play({ faults: [recut(481)] });

    expect(await speak()).toEqual(usual);
  });

  it('takes the rate from the events', async () => {
    const usual = await speak();
    vendor.play({ rateHz: 32_000 });

    expect(await speak()).toMatchObject({ samples: usual.samples });
  });

  it('refuses a text that the service would not take, without asking', async () => {
    const before = vendor.requests.length;

    await expect(speak({}, {}, 'a'.repeat(1_025))).rejects.toMatchObject({ code: 'provider.rejected' });
    expect(vendor.requests.length).toBe(before);
    expect(await speak({}, {}, 'a'.repeat(1_024))).toMatchObject({ samples: 1_024 * 0.05 * 24_000 });
  });

  it('leaves the count of characters to the engine: the service tells none', async () => {
    expect((await hearOnce(start())).usage).toEqual([]);
  });

  it('can what its documentation says, with the voices that the account has cloned', async () => {
    const { adapter, close } = await start({ clonedVoices: ['anna-1'], defaultVoice: 'anna-1' });
    await close();

    expect(adapter.capabilities()).toMatchObject({
      languages: ['zh', 'en'],
      voices: ['tongtong', 'chuichui', 'xiaochen', 'jam', 'kazi', 'douji', 'luodo', 'anna-1'],
      controls: { emotions: [], rate: { min: 0.5, max: 2 }, volume: { min: 0.01, max: 10 } },
      emulate: [],
    });
    await expect(start({ defaultVoice: 'anna-1' })).rejects.toMatchObject({ code: 'config.invalid' });
  });
});

const refusal = (status: number, code?: string) => ({
  refusal: { status, body: code === undefined ? {} : { error: { code, message: 'no' } } },
});

describe('a refusal of hosted GLM-TTS', () => {
  it.each([
    [401, '1000', 'provider.misconfigured'],
    [401, '1001', 'provider.misconfigured'],
    [401, '1002', 'provider.misconfigured'],
    [401, '1003', 'provider.misconfigured'],
    [401, undefined, 'provider.misconfigured'],
    [400, '1210', 'provider.misconfigured'],
    [400, '1211', 'provider.misconfigured'],
    [400, '1213', 'provider.misconfigured'],
    [400, '1214', 'provider.misconfigured'],
    [400, undefined, 'provider.misconfigured'],
    [400, '1301', 'provider.rejected'],
    [429, '1113', 'provider.misconfigured'],
    [429, '1302', 'provider.rate_limited'],
    [429, '1303', 'provider.rate_limited'],
    [429, '1304', 'provider.misconfigured'],
    [429, '1305', 'provider.unavailable'],
    [429, '1312', 'provider.unavailable'],
    [429, '9999', 'provider.rate_limited'],
    [500, '1200', 'provider.unavailable'],
    [500, '1234', 'provider.unavailable'],
    [500, undefined, 'provider.unavailable'],
  ])('with %i and code %s is %s, asked once', async (status, vendorCode, code) => {
    vendor.play(refusal(status, vendorCode));

    expect(await failureOf(speak, vendor.requests)).toMatchObject({ error: { code }, asked: 1 });
  });

  it('passes on how long it asks to wait', async () => {
    const { status, body } = refusal(429, '1302').refusal;
    vendor.play({ refusal: { status, body, headers: { 'retry-after': '2' } } });

    await expect(speak()).rejects.toMatchObject({ code: 'provider.rate_limited', retryAfterMs: 2_000 });
  });

  it('may come in the middle, also with a code that nobody knows', async () => {
    vendor.play({ faults: [endAfter(3), goOnWith('data: {"error":{"code":"1301","message":"no"}}\n\n')] });
    await expect(speak()).rejects.toMatchObject({ code: 'provider.rejected' });

    vendor.play({ faults: [endAfter(3), goOnWith('data: {"error":{"code":7,"message":"no"}}\n\n')] });
    await expect(speak()).rejects.toMatchObject({ code: 'provider.unavailable' });
  });
});

describe('a hosted GLM-TTS that misbehaves', () => {
  const bad = 'data: {"choices":[{"delta":{"content":"*"}}]}\n\n';

  it.each([
    ['JSON in place of events', { contentType: 'application/json' }, 'provider.protocol_error'],
    ['a page in place of events', { contentType: 'text/html' }, 'provider.protocol_error'],
    ['an empty body', { faults: [endAfter(0)] }, 'provider.protocol_error'],
    [
      'no sound before its end',
      { faults: [endAfter(0), goOnWith('data: [DONE]\n\n')] },
      'provider.protocol_error',
    ],
    ['an end before it is done', { faults: [endAfter(5)] }, 'provider.protocol_error'],
    [
      'two events that cannot be read',
      { faults: [endAfter(2), goOnWith(bad, bad)] },
      'provider.protocol_error',
    ],
    [
      'half a sample',
      {
        faults: [
          endAfter(2),
          goOnWith('data: {"choices":[{"delta":{"content":"AAAB"}}]}\n\ndata: [DONE]\n\n'),
        ],
      },
      'provider.protocol_error',
    ],
    ['a body that is cut', { faults: [dieAfter(4, 'fin')] }, 'provider.unavailable'],
    ['a connection that is reset', { faults: [dieAfter(4, 'rst')] }, 'provider.unavailable'],
  ])('with %s fails by its code, asked once', async (_name, script, code) => {
    vendor.play(script);

    expect(await failureOf(speak, vendor.requests)).toMatchObject({ error: { code }, asked: 1 });
  });

  it('is left within one piece of an abort', async () => {
    vendor.play({ faults: [hangAfter(3)] });
    const { adapter, close } = await start();
    const abort = new AbortController();

    await hear(adapter, { signal: abort.signal, on: () => abort.abort() });

    await expect.poll(() => asked().state, soon).toBe('left');
    expect(asked().pieces).toBe(3);
    await close();
  });
});

describe('the health of hosted GLM-TTS', () => {
  it('is asked without a word to speak', async () => {
    const { adapter, close } = await start();
    const before = vendor.requests.length;

    expect(await adapter.health(new AbortController().signal)).toEqual({ status: 'ok' });
    expect(vendor.requests.length).toBe(before);
    await close();
  });

  it('is not known where the service has nothing that tells it', async () => {
    const { adapter, close } = await start({ baseUrl: vendor.url });

    expect(await adapter.health(new AbortController().signal)).toMatchObject({
      status: 'ok',
      detail: expect.any(String),
    });
    await close();
  });
});
