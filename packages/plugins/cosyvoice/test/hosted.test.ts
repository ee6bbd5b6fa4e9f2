import { type SpeechControl, silentLog, systemClock } from '@tth/core/plugin';
import {
  type Heard,
  dieAfter,
  endAfter,
  failureOf,
  hangAfter,
  hear,
  hearOnce,
  recut,
  startAdapter,
} from '@tth/testkit';
import { ttsConformance } from '@tth/testkit/conformance';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { startFakeDashscope } from './fake-dashscope.ts';

const soon = { interval: 2, timeout: 5_000 };

const vendor = await startFakeDashscope();
afterAll(() => vendor.close());
afterEach(() => vendor.play({}));

const start = (given: object = {}) =>
  startAdapter(plugin, 'tts', 'cosyvoice', { options: { server: 'hosted', url: vendor.url, ...given } });

const speak = (given: object = {}, control: Partial<SpeechControl> = {}, text?: string): Promise<Heard> =>
  hearOnce(start(given), { control, ...(text !== undefined && { text }) });
const asked = () => vendor.tasks.at(-1)!;

ttsConformance('CosyVoice, hosted', () => start(), {
  vendor: vendor.handle,
  live: {
    secrets: ['DASHSCOPE_API_KEY'],
    make: (secrets) => startAdapter(plugin, 'tts', 'cosyvoice', { options: { server: 'hosted' }, secrets }),
  },
});
ttsConformance('CosyVoice, hosted, with times of words', () => start({ wordTimings: true }), {
  skip: { 'timing.not-late': 'the service tells of words once their part of the sentence is done' },
});

describe('hosted CosyVoice', () => {
  it('runs a task per sentence for raw sound at the engine’s rate, and shows its key', async () => {
    const { samples } = await speak();

    expect(vendor.handshakes.at(-1)?.authorization).toBe('bearer secret-DASHSCOPE_API_KEY');
    expect(asked()).toMatchObject({
      taskId: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      model: 'cosyvoice-v3-flash',
      text: 'Good morning to you.',
      state: 'ended',
    });
    expect(asked().parameters).toEqual({
      text_type: 'PlainText',
      format: 'pcm',
      sample_rate: 24_000,
      voice: 'longanyang',
      rate: 1,
      pitch: 1,
      volume: 50,
      language_hints: ['en'],
    });
    expect(samples).toBe(24_000);
  });

  it.each<[string, object, Partial<SpeechControl>, object]>([
    ['rate', {}, { rate: 1.5 }, { rate: 1.5 }],
    ['a rate beyond its range', {}, { rate: 4 }, { rate: 2 }],
    ['pitch', {}, { pitch: 0.6 }, { pitch: 0.6 }],
    ['volume', {}, { volume: 1.5 }, { volume: 75 }],
    ['a volume beyond its range', {}, { volume: 4 }, { volume: 100 }],
    ['no volume', {}, { volume: 0 }, { volume: 0 }],
    [
      'voice',
      { voices: { a: { speaker: 'longan' }, b: { speaker: 'longb' } } },
      { voice: 'b' },
      { voice: 'longb' },
    ],
    ['language', {}, { language: 'zh-CN' }, { language_hints: ['zh'] }],
    [
      'a feeling, in the service’s own words',
      { instructions: 'fixed' },
      { emotion: { label: 'surprised', intensity: 1 }, style: 'like a pirate' },
      { instruction: '你说话的情感是surprised。' },
    ],
    [
      'a style, in any words',
      { instructions: 'free' },
      { style: 'like a pirate' },
      { instruction: 'like a pirate' },
    ],
    ['times of words', { wordTimings: true }, {}, { word_timestamp_enabled: true }],
  ])('spells %s as the service does', async (_name, given, control, parameters) => {
    await speak(given, control);

    expect(asked().parameters).toMatchObject(parameters);
  });

  it.each<[string, object, Partial<SpeechControl>, string]>([
    [
      'an instruction where the voices take none',
      {},
      { emotion: { label: 'sad', intensity: 1 }, style: 'x' },
      'instruction',
    ],
    [
      'a style where the words are fixed',
      { instructions: 'fixed' },
      { style: 'like a pirate' },
      'instruction',
    ],
    [
      'a feeling of less than half',
      { instructions: 'fixed' },
      { emotion: { label: 'sad', intensity: 0.4 } },
      'instruction',
    ],
    ['a language that it is not said to speak', { languages: ['zh'] }, {}, 'language_hints'],
  ])('leaves out %s', async (_name, given, control, field) => {
    await speak(given, control);

    expect(asked().parameters).not.toHaveProperty(field);
  });

  it('reports the characters that the service counts', async () => {
    expect((await speak({}, {}, '你好。')).usage).toEqual([{ unit: 'characters', amount: 5 }]);
  });

  it('tells each word once, though the service repeats them', async () => {
    const { words } = await speak({ wordTimings: true });

    expect(words.map(({ text }) => text)).toEqual(['Good', 'morning', 'to', 'you']);
  });

  it('speaks on where the service has no times of words', async () => {
    vendor.play({ hasNoWords: true });

    expect(await speak({ wordTimings: true })).toMatchObject({ words: [] });
  });

  it('forgives one message that cannot be read, and gives the same sound however it is cut', async () => {
    const whole = await speak();
    vendor.play({ insert: ['{'], faults: [recut(481)] });

    expect(Buffer.from((await speak()).pcm.buffer).equals(Buffer.from(whole.pcm.buffer))).toBe(true);
  });

  it.each([
    [{ instructions: 'none' }, { emotions: [] }],
    [{ instructions: 'fixed' }, { emotions: ['happy', 'sad', 'angry', 'fearful', 'surprised', 'disgusted'] }],
    [{ instructions: 'free' }, { style: true, oneAtATime: ['emotion', 'style'] }],
  ])('can with %o what its voices obey', async (given, controls) => {
    const { adapter, close } = await start(given);
    await close();

    expect(adapter.capabilities()).toMatchObject({
      controls: {
        ...controls,
        rate: { min: 0.5, max: 2 },
        pitch: { min: 0.5, max: 2 },
        volume: { min: 0, max: 2 },
      },
      timings: { words: 'none' },
    });
  });
});

describe('a task of hosted CosyVoice that fails', () => {
  it.each([
    ['InvalidParameter', 'provider.misconfigured'],
    ['invalid_parameter_error', 'provider.misconfigured'],
    ['DataInspectionFailed', 'provider.rejected'],
    ['data_inspection_failed', 'provider.rejected'],
    ['Arrearage', 'provider.misconfigured'],
    ['InvalidApiKey', 'provider.misconfigured'],
    ['invalid_api_key', 'provider.misconfigured'],
    ['AccessDenied', 'provider.misconfigured'],
    ['access_denied', 'provider.misconfigured'],
    ['Model.AccessDenied', 'provider.misconfigured'],
    ['ModelNotFound', 'provider.misconfigured'],
    ['model_not_found', 'provider.misconfigured'],
    ['Throttling', 'provider.rate_limited'],
    ['Throttling.RateQuota', 'provider.rate_limited'],
    ['limit_requests', 'provider.rate_limited'],
    ['Throttling.AllocationQuota', 'provider.rate_limited'],
    ['insufficient_quota', 'provider.rate_limited'],
    ['InternalError', 'provider.unavailable'],
    ['internal_error', 'provider.unavailable'],
    ['ServiceUnavailable', 'provider.unavailable'],
    ['SomethingNew', 'provider.unavailable'],
  ])('with %s is %s, asked once', async (vendorCode, code) => {
    vendor.play({ failure: { code: vendorCode, at: 'start' } });

    expect(await failureOf(speak, vendor.tasks)).toMatchObject({
      error: { code, details: { vendorCode } },
      asked: 1,
    });
  });

  it('fails in the middle as well', async () => {
    vendor.play({ failure: { code: 'InternalError', at: 'end' } });

    await expect(speak()).rejects.toMatchObject({ code: 'provider.unavailable' });
  });

  it('leaves nothing of the vendor’s text in its error', async () => {
    vendor.play({ failure: { code: 'you said: Good morning to you.', at: 'start' } });

    const error = await speak().catch((failure: unknown) => failure);

    expect(JSON.stringify(error)).not.toContain('Good morning');
  });
});

describe('a hosted CosyVoice that misbehaves', () => {
  it.each([
    ['a handshake refused with 401', { refusal: { status: 401 } }, 'provider.misconfigured'],
    ['a handshake refused with 429', { refusal: { status: 429 } }, 'provider.rate_limited'],
    ['a handshake refused with 500', { refusal: { status: 500 } }, 'provider.unavailable'],
    ['no sound before its end', { faults: [endAfter(0)] }, 'provider.protocol_error'],
    ['two messages that cannot be read', { insert: ['{', '{'] }, 'provider.protocol_error'],
    ['a connection that is closed in the middle', { faults: [dieAfter(4, 'fin')] }, 'provider.unavailable'],
    ['a connection that is lost', { faults: [dieAfter(4, 'rst')] }, 'provider.unavailable'],
  ] as const)('with %s fails by its code, asked once', async (_name, script, code) => {
    vendor.play(script);

    expect(await failureOf(speak, vendor.handshakes)).toMatchObject({ error: { code }, asked: 1 });
  });

  it.each([
    ['before the handshake', { isMute: true }],
    ['before the task has started', { isIdle: true }],
    ['in the middle of the sound', { faults: [hangAfter(3)] }],
  ])('is left at an abort %s', async (_name, script) => {
    vendor.play(script);
    const before = vendor.handshakes.length;
    const { adapter, close } = await start();
    const abort = new AbortController();

    const speaking = hear(adapter, { signal: abort.signal });
    await expect.poll(() => vendor.handshakes.length, soon).toBe(before + 1);
    abort.abort();

    await speaking;
    await expect.poll(() => vendor.openSockets, soon).toBe(0);
    await close();
  });

  it('writes no more than one message after an abort', async () => {
    const { adapter, close } = await start();
    const abort = new AbortController();
    vendor.play({ faults: [hangAfter(3)] });

    await hear(adapter, { signal: abort.signal, on: () => abort.abort() });

    await expect.poll(() => asked().state, soon).toBe('left');
    await close();
  });
});

describe('a conversation with hosted CosyVoice', () => {
  const open = async (signal = new AbortController().signal) => {
    const { adapter, close } = await start();
    const context = { sessionId: 's_1' as never, signal, clock: systemClock, log: silentLog };
    const session = await adapter.openSession!(context);
    return { session, close };
  };
  const connectionsOf = (count: number) => vendor.tasks.slice(-count).map(({ connection }) => connection);

  it('keeps one connection for all its sentences', async () => {
    const before = vendor.handshakes.length;
    const { session, close } = await open();

    await hear(session);
    await hear(session);

    expect(vendor.handshakes.length).toBe(before + 1);
    await session.close?.();
    await expect.poll(() => vendor.openSockets, soon).toBe(0);
    await close();
  });

  it('runs no task for a call that is aborted already, and keeps its connection', async () => {
    const { session, close } = await open();
    const [tasks, handshakes] = [vendor.tasks.length, vendor.handshakes.length];

    await hear(session, { signal: AbortSignal.abort() });

    expect(vendor.tasks.length).toBe(tasks);
    await hear(session);
    expect(vendor.handshakes.length).toBe(handshakes);
    await session.close?.();
    await close();
  });

  it('takes a new connection after a task that failed', async () => {
    const { session, close } = await open();
    vendor.play({ failure: { code: 'InternalError', at: 'end' } });
    await expect(hear(session)).rejects.toMatchObject({ code: 'provider.unavailable' });
    vendor.play({});

    await hear(session);

    const [failed, next] = connectionsOf(2);
    expect(next).not.toBe(failed);
    await session.close?.();
    await close();
  });

  it('takes a new connection where the service has hung up', async () => {
    const { session, close } = await open();
    await hear(session);
    vendor.hangUp();
    await expect.poll(() => vendor.openSockets, soon).toBe(0);

    const { samples } = await hear(session);

    expect(samples).toBe(24_000);
    await session.close?.();
    await close();
  });

  it('speaks two sentences at once on two connections', async () => {
    const { session, close } = await open();

    await Promise.all([hear(session), hear(session)]);

    expect(new Set(connectionsOf(2)).size).toBe(2);
    await session.close?.();
    await expect.poll(() => vendor.openSockets, soon).toBe(0);
    await close();
  });

  it('closes its connection when it is over', async () => {
    const abort = new AbortController();
    const { session, close } = await open(abort.signal);
    await hear(session);

    abort.abort();

    await expect.poll(() => vendor.openSockets, soon).toBe(0);
    await close();
  });
});

describe('the health of hosted CosyVoice', () => {
  it('is the handshake, without a task', async () => {
    const { adapter, close } = await start();
    const before = vendor.tasks.length;

    expect(await adapter.health(new AbortController().signal)).toEqual({ status: 'ok' });
    vendor.play({ refusal: { status: 401 } });
    await expect(adapter.health(new AbortController().signal)).rejects.toMatchObject({
      code: 'provider.misconfigured',
    });
    expect(vendor.tasks.length).toBe(before);
    await close();
  });
});
