import { type Clock, systemClock } from '@tth/core/plugin';
import { type StartedAdapter, createVirtualClock, startAdapter } from '@tth/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { type FakeElevenLabs, fakeKey, startFakeElevenLabs } from './fake-elevenlabs.ts';

let fake: FakeElevenLabs;
beforeEach(async () => {
  fake = await startFakeElevenLabs();
});
afterEach(() => fake.close());

const never = new AbortController().signal;
const start = (options: object = {}, key = fakeKey, clock: Clock = systemClock) =>
  startAdapter(plugin, 'tts', 'elevenlabs', {
    options: { baseUrl: `${fake.url}/`, ...options },
    secrets: { reveal: () => key },
    clock,
  });
type Started = Awaited<ReturnType<typeof start>>;
const withAdapter = async <Result>(
  started: Promise<Started>,
  use: (adapter: StartedAdapter['adapter']) => Result | Promise<Result>,
): Promise<Result> => {
  const { adapter, close } = await started;
  try {
    return await use(adapter);
  } finally {
    await close();
  }
};

describe('capabilities', () => {
  it.each([
    { options: {}, max: 10, rate: { min: 0.7, max: 1.2 }, languages: 32 },
    {
      options: { model: 'eleven_multilingual_v2', plan: 'free' },
      max: 2,
      rate: { min: 0.7, max: 1.2 },
      languages: 29,
    },
    { options: { model: 'eleven_v4_turbo', plan: 'pro' }, max: 70, rate: undefined, languages: 0 },
    {
      options: { model: 'eleven_v3', plan: 'pro', transport: 'http' },
      max: 10,
      rate: undefined,
      languages: 0,
    },
  ])('are those of the model and the plan: $options', async ({ options, max, rate, languages }) => {
    const can = await withAdapter(start(options), (adapter) => adapter.capabilities());

    expect(can).toMatchObject({ stage: 'tts', timings: { words: 'measured' }, maxCallsInFlight: max });
    expect(can).toMatchObject({ controls: rate === undefined ? {} : { rate } });
    expect((can as { languages: readonly string[] }).languages).toHaveLength(languages);
  });

  it('offer the voices of the options', async () => {
    const can = await withAdapter(start({ voice: 'one', voices: ['two', 'one'] }), (adapter) =>
      adapter.capabilities(),
    );

    expect(can).toMatchObject({ voices: ['one', 'two'] });
  });

  it.each([
    { voice: 'George/..' },
    { voice: '' },
    { model: 'a b' },
    { plan: 'rich' },
    { model: 'eleven_v3_conversational', transport: 'http' },
    { baseUrl: 'wss://x' },
  ])('do not come of %j', async (options) => {
    await expect(start(options)).rejects.toMatchObject({ code: 'config.invalid' });
  });
});

describe('health', () => {
  const ask = (options: object = {}, key = fakeKey) =>
    withAdapter(start(options, key), (adapter) => adapter.health(never));

  it('is good with a key, a model and credits, and costs nothing', async () => {
    expect(await ask()).toEqual({ status: 'ok', detail: '9990 of 10000 credits are left.' });
    expect(fake.requests).toEqual([]);
  });

  it('asks for the credits once a minute at most', async () => {
    const clock = createVirtualClock();

    await withAdapter(start({}, fakeKey, clock), async (adapter) => {
      await adapter.health(never);
      await adapter.health(never);
      await clock.advance(59_999);
      await adapter.health(never);
      expect(fake.askedCredits).toBe(1);
      await clock.advance(1);
      await adapter.health(never);
    });

    expect(fake.askedCredits).toBe(2);
  });

  it('is bad without the model', async () => {
    expect(await ask({ model: 'eleven_unheard_of' })).toMatchObject({ status: 'down' });
  });

  it.each([
    { count: 10_000, status: 'down' },
    { count: 9_900, status: 'degraded' },
    { count: 9_000, status: 'ok' },
  ])('is $status with $count of 10,000 credits spent', async ({ count, status }) => {
    await fake.close();
    fake = await startFakeElevenLabs({ count, limit: 10_000 });

    expect(await ask()).toMatchObject({ status });
  });

  it('is bad with a key that is refused, and says so', async () => {
    expect(await ask({}, 'wrong')).toEqual({
      status: 'down',
      detail: 'ElevenLabs refuses the key; check apiKey.',
    });
  });
});
