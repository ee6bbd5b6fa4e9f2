import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type SpeechControl, pcmBytes } from '@tth/core/plugin';
import {
  type HttpVendor,
  dieAfter,
  endAfter,
  failureOf,
  gapBefore,
  goOnWith,
  hangAfter,
  hear,
  hearOnce,
  vendorHandle,
  recut,
  startAdapter,
  toneAt,
  wavFile,
} from '@tth/testkit';
import { ttsConformance } from '@tth/testkit/conformance';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { startFakeFastapi } from './fake-fastapi.ts';

const soon = { interval: 2, timeout: 5_000 };

const vendor: HttpVendor = await startFakeFastapi();
const folder = await mkdtemp(path.join(tmpdir(), 'tth-cosyvoice-'));
const clip = path.join(folder, 'mira.wav');
await writeFile(clip, wavFile(toneAt(0, 24_000)));
afterAll(async () => {
  await vendor.close();
  await rm(folder, { recursive: true });
});
afterEach(() => vendor.play({}));

const mira = { promptWav: clip, promptText: 'I am Mira.' };
const start = (given: object = {}) =>
  startAdapter(plugin, 'tts', 'cosyvoice', {
    options: { server: 'fastapi', baseUrl: vendor.url, voices: { mira }, ...given },
  });

const speak = async (given: object = {}, control: Partial<SpeechControl> = {}, text?: string) =>
  (await hearOnce(start(given), { control, ...(text !== undefined && { text }) })).pcm;
const isSame = (one: Int16Array, other: Int16Array): boolean =>
  Buffer.from(pcmBytes(one)).equals(pcmBytes(other));
const asked = () => vendor.requests.at(-1)!;

ttsConformance('CosyVoice from its own server', () => start(), { vendor: vendorHandle(vendor) });

describe('CosyVoice from its own server', () => {
  it('imitates a clip and says what is said in it', async () => {
    await speak();

    expect(asked().path).toBe('/inference_zero_shot');
    expect(asked().body).toEqual({
      tts_text: 'Good morning to you.',
      prompt_text: 'You are a helpful assistant.<|endofprompt|>I am Mira.',
      prompt_wav: wavFile(toneAt(0, 24_000)),
    });
  });

  it.each<[string, Partial<SpeechControl>, string]>([
    ['happy', { emotion: { label: 'happy', intensity: 1 } }, '请非常开心地说一句话。'],
    ['sad', { emotion: { label: 'sad', intensity: 1 } }, '请非常伤心地说一句话。'],
    ['angry', { emotion: { label: 'angry', intensity: 0.5 } }, '请非常生气地说一句话。'],
    ['slow', { rate: 0.5 }, '请用尽可能慢地语速说一句话。'],
    ['fast', { rate: 1.7 }, '请用尽可能快地语速说一句话。'],
    ['a style', { style: '请用四川话表达。' }, '请用四川话表达。'],
    [
      'a feeling before a style and a rate',
      { emotion: { label: 'sad', intensity: 1 }, style: 'like a pirate', rate: 0.5 },
      '请非常伤心地说一句话。',
    ],
    ['a style before a rate', { style: 'like a pirate', rate: 0.5 }, 'like a pirate'],
  ])('is instructed to be %s', async (_name, control, instruction) => {
    await speak({}, control);

    expect(asked().path).toBe('/inference_instruct2');
    expect(asked().body).toMatchObject({
      tts_text: 'Good morning to you.',
      instruct_text: `You are a helpful assistant. ${instruction}<|endofprompt|>`,
    });
  });

  it.each<[string, Partial<SpeechControl>]>([
    ['a feeling of less than half', { emotion: { label: 'happy', intensity: 0.49 } }],
    ['a feeling that it has no words for', { emotion: { label: 'fearful', intensity: 1 } }],
    ['a rate near its own', { rate: 1.3 }],
    ['a pitch, a volume', { pitch: 2, volume: 2 }],
  ])('takes no instruction for %s', async (_name, control) => {
    await speak({}, control);

    expect(asked().path).toBe('/inference_zero_shot');
  });

  it.each([
    ['of a clip whose words are not known', { promptWav: clip }],
    ['of a clip in another language', { ...mira, language: 'zh' }],
  ])('speaks across languages with the voice %s', async (_name, voice) => {
    await speak({ voices: { voice } });

    expect(asked().path).toBe('/inference_cross_lingual');
    expect(asked().body).toMatchObject({
      tts_text: 'You are a helpful assistant.<|endofprompt|>Good morning to you.',
    });
  });

  it('names a speaker that the model has by itself', async () => {
    await speak({ voices: { narrator: { speaker: '中文女' } } });

    expect(asked().path).toBe('/inference_sft');
    expect(asked().body).toEqual({ tts_text: 'Good morning to you.', spk_id: '中文女' });
  });

  it('leaves no mark of the model in a text', async () => {
    await speak({}, { style: 'calm<|endofprompt|>' }, 'Say <|endofprompt|> aloud.');

    expect(asked().body).toMatchObject({
      tts_text: 'Say   aloud.',
      instruct_text: 'You are a helpful assistant. calm<|endofprompt|>',
    });
  });

  it('gives the same sound however its bytes are cut', async () => {
    const whole = await speak();
    vendor.play({ faults: [recut(481)] });

    expect(isSame(await speak(), whole)).toBe(true);
  });

  it('mends samples that ran over', async () => {
    const loud = Int16Array.from({ length: 24_000 }, (_, at) => Math.round(40_000 * Math.sin(at / 30)));
    vendor.play({ faults: [() => [{ kind: 'piece', bytes: pcmBytes(loud) }], recut(999)] });

    const heard = await speak();

    expect(Math.max(...heard.map((sample, at) => Math.abs(sample - (heard[at - 1] ?? 0))))).toBeLessThan(
      1_400,
    );
    expect(Math.max(...heard)).toBe(32_767);
    expect(Math.min(...heard)).toBe(-32_768);
  });

  it('takes the rate of an older model from the options', async () => {
    const usual = await speak();

    expect(await speak({ sampleRateHz: 22_050 })).toHaveLength(Math.round((usual.length * 24_000) / 22_050));
  });

  it('reports no usage of its own: it has no price', async () => {
    expect((await hearOnce(start())).usage).toEqual([]);
  });
});

describe('what CosyVoice from its own server can do', () => {
  const can = async (given: object = {}) => {
    const { adapter, close } = await start(given);
    await close();
    return adapter.capabilities();
  };

  it('is one instruction at a time, in steps, and a volume by the engine', async () => {
    expect(await can()).toMatchObject({
      maxCallsInFlight: 2,
      timings: { words: 'none', phonemes: 'none' },
      voices: ['mira'],
      emulate: ['volume'],
      controls: {
        emotions: ['happy', 'sad', 'angry'],
        intensity: false,
        rate: { min: 0.5, max: 1.7, steps: [0.5, 1, 1.7] },
        style: true,
        oneAtATime: ['emotion', 'style', 'rate'],
      },
    });
  });

  it('is no instruction where one of its voices is a speaker of the model', async () => {
    const { controls } = await can({ voices: { mira, narrator: { speaker: '中文女' } } });

    expect(controls).toEqual({ emotions: [] });
  });

  it('is as many calls at a time as the options say', async () => {
    expect(await can({ maxCallsInFlight: 1 })).toMatchObject({ maxCallsInFlight: 1 });
  });

  it.each([
    ['no voice', { voices: {} }],
    ['a default that is no voice', { defaultVoice: 'zed' }],
    ['another kind of server', { server: 'grpc' }],
  ])('is nothing with options that have %s', async (_name, given) => {
    await expect(start(given)).rejects.toMatchObject({ code: 'config.invalid' });
  });
});

describe('a server of CosyVoice that misbehaves', () => {
  it.each([
    ['401', { refusal: { status: 401 } }, 'provider.misconfigured'],
    ['404', { refusal: { status: 404 } }, 'provider.misconfigured'],
    ['422', { refusal: { status: 422, body: { detail: [] } } }, 'provider.misconfigured'],
    ['429', { refusal: { status: 429 } }, 'provider.rate_limited'],
    ['500', { refusal: { status: 500 } }, 'provider.unavailable'],
    ['no sound at all', { faults: [endAfter(0)] }, 'provider.protocol_error'],
    ['half a sample', { faults: [goOnWith('x')] }, 'provider.protocol_error'],
    ['JSON in place of sound', { contentType: 'application/json' }, 'provider.protocol_error'],
    ['a page in place of sound', { contentType: 'text/html' }, 'provider.protocol_error'],
    ['a body that is cut', { faults: [dieAfter(0, 'fin')] }, 'provider.unavailable'],
    ['a connection that is reset', { faults: [dieAfter(0, 'rst')] }, 'provider.unavailable'],
  ])('with %s fails by its code, asked once', async (_name, script, code) => {
    vendor.play(script);

    expect(await failureOf(speak, vendor.requests)).toMatchObject({ error: { code }, asked: 1 });
  });

  it('is waited for between its bursts', async () => {
    const text = 'The sea is deep, and nobody has seen all of it yet.';
    const whole = await speak({}, {}, text);
    vendor.play({ faults: [gapBefore(1, 20)] });

    expect(isSame(await speak({}, {}, text), whole)).toBe(true);
  });

  it('is not asked with a clip that cannot be read, and told so by its health', async () => {
    const before = vendor.requests.length;
    const voices = { mira: { ...mira, promptWav: path.join(folder, 'nobody.wav') } };
    const { adapter, close } = await start({ voices });

    await expect(hear(adapter)).rejects.toMatchObject({ code: 'provider.misconfigured' });
    await expect(adapter.health(new AbortController().signal)).rejects.toMatchObject({
      code: 'provider.misconfigured',
    });
    expect(vendor.requests.length).toBe(before);
    await close();
  });

  it('is left within one burst of an abort', async () => {
    vendor.play({ faults: [hangAfter(1)] });
    const { adapter, close } = await start();
    const abort = new AbortController();
    const text = 'The sea is deep, and nobody has seen it.';

    await hear(adapter, { text, signal: abort.signal, on: () => abort.abort() });

    await expect.poll(() => asked().state, soon).toBe('left');
    expect(asked().pieces).toBe(1);
    await close();
  });
});
