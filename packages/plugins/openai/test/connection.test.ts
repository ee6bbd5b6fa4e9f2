import { type Log, createHttp, silentLog, systemClock } from '@tth/core/plugin';
import { until } from '@tth/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../src/connection.ts';
import { call } from './call.ts';
import { startFakeOpenai } from './fake-openai.ts';
import { startChat } from './start.ts';

const vendor = await startFakeOpenai();
const models = (...ids: string[]): void =>
  vendor.serve('/v1/models', { status: 200, body: { object: 'list', data: ids.map((id) => ({ id })) } });
beforeEach(() => {
  vendor.play({});
  models('m1', 'm2');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
afterAll(() => vendor.close());

/** Names that Node's own client adds to every request. */
const ofPlatform = [
  'host',
  'connection',
  'content-length',
  'accept-language',
  'sec-fetch-mode',
  'user-agent',
  'accept-encoding',
];
const sentHeaders = (): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(vendor.requests.at(-1)!.headers).filter(([name]) => !ofPlatform.includes(name)),
  );

describe('what a vendor is told of us', () => {
  const plain = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

  it('is the key that the options name, and nothing of the machine', async () => {
    const { adapter, close } = await startChat({
      baseUrl: vendor.url,
      apiKey: 'MY_KEY',
      organization: 'org',
      project: 'proj',
      headers: { 'X-Team': 'sea', 'x-gateway': { secret: 'GATEWAY' } },
    });

    await call(adapter);
    await close();

    expect(sentHeaders()).toEqual({
      ...plain,
      authorization: 'Bearer secret-MY_KEY',
      'openai-organization': 'org',
      'openai-project': 'proj',
      'x-team': 'sea',
      'x-gateway': 'secret-GATEWAY',
    });
  });

  it('is nothing that stands in the environment, whose headers are warned of once', async () => {
    const canary = 'canary-secret';
    for (const name of ['API_KEY', 'ADMIN_KEY', 'ORG_ID', 'PROJECT_ID']) {
      vi.stubEnv(`OPENAI_${name}`, canary);
    }
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/v1');
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', `authorization: Bearer ${canary}\nx-other: ${canary}`);
    vi.stubEnv('OPENAI_LOG', 'debug');
    const printed = (['debug', 'info', 'log', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(console, level).mockReturnValue(),
    );
    const warnings: object[] = [];
    const log: Log = { ...silentLog, warn: (fields) => void warnings.push(fields) };
    const http = createHttp({ clock: systemClock, log });
    const { client } = connect({ baseUrl: vendor.url }, { http, clock: systemClock, log });

    for (let n = 0; n < 2; n++) {
      await client.chat.completions.create({ model: 'm1', messages: [], stream: true }).asResponse();
    }

    expect(sentHeaders()).toEqual(plain);
    expect(JSON.stringify(vendor.requests.at(-1))).not.toContain(canary);
    expect(warnings).toEqual([{ host: new URL(vendor.url).host, headers: ['x-other'] }]);
    for (const level of printed) expect(level).not.toHaveBeenCalled();
  });

  it.each([
    ['http://models.example/v1', 1],
    ['https://models.example/v1', 0],
    ['http://127.0.0.1:8000/v1', 0],
    ['http://localhost:8000/v1', 0],
    ['http://[::1]:8000/v1', 0],
  ])('is no key that others can read without a warning: %s', (baseUrl, expected) => {
    const warnings: object[] = [];
    const log: Log = { ...silentLog, warn: (fields) => void warnings.push(fields) };

    connect(
      { baseUrl, apiKey: 'k' },
      { http: createHttp({ clock: systemClock, log }), clock: systemClock, log },
    );
    connect({ baseUrl }, { http: createHttp({ clock: systemClock, log }), clock: systemClock, log });

    expect(warnings).toHaveLength(expected);
  });

  it('is no key where none is needed', async () => {
    const { adapter, close } = await startChat({ baseUrl: vendor.url, flavour: 'ollama' });

    await call(adapter);
    await close();

    expect(sentHeaders()).toEqual(plain);
  });
});

describe('the health of a vendor', () => {
  const healthOf = async (options: object) => {
    const { adapter, close } = await startChat({ baseUrl: vendor.url, ...options });
    const { latencyMs, ...health } = await adapter.health(new AbortController().signal);
    await close();
    return { ...health, isTimed: latencyMs !== undefined };
  };
  const openai = { apiKey: 'OPENAI_API_KEY' };

  it('is good when it lists the model, and names what else there is', async () => {
    expect(await healthOf(openai)).toEqual({ status: 'ok', models: ['m1', 'm2'], isTimed: true });
    expect(vendor.questions.at(-1)?.headers.authorization).toBe('Bearer secret-OPENAI_API_KEY');
  });

  it('is doubtful when it does not', async () => {
    models('m3');

    expect(await healthOf(openai)).toMatchObject({
      status: 'degraded',
      detail: 'It does not list the model m1; correct model. It lists m3.',
      models: ['m3'],
    });
  });

  it('takes a name without a tag for the newest of that name', async () => {
    models('m1:latest');

    expect((await healthOf(openai)).status).toBe('ok');
  });

  it('tells when the model will be switched off', async () => {
    vendor.serve('/v1/models', { status: 200, body: { data: [{ id: 'm1', shutdown_date: '2027-01-14' }] } });

    expect((await healthOf(openai)).detail).toBe('The model m1 is switched off on 2027-01-14.');
  });

  it('is bad when the key is refused, or the list makes no sense, or nobody is there', async () => {
    vendor.serve('/v1/models', { status: 401, body: {} });
    const refused = await healthOf(openai);
    vendor.serve('/v1/models', { status: 200, body: { models: [] } });
    const strange = await healthOf(openai);
    const silent = await healthOf({ ...openai, baseUrl: 'http://127.0.0.1:9/v1' });

    expect([refused, strange, silent].map(({ status }) => status)).toEqual(['down', 'down', 'down']);
    expect(refused.detail).toMatch(/secret OPENAI_API_KEY/);
    expect(silent.detail).toMatch(/runs at 127\.0\.0\.1:9, or correct baseUrl/);
  });

  it('is not judged by a list that a server does not have', async () => {
    vendor.serve('/v1/models', undefined);

    expect(await healthOf({ ...openai, flavour: 'dashscope' })).toEqual({ status: 'ok', isTimed: true });
  });

  it.each([
    ['vllm', '/health'],
    ['ollama', '/'],
    ['litellm', '/health/liveliness'],
  ])('of %s is asked at %s first, outside of its API', async (flavour, path) => {
    const options = { flavour, ...(flavour === 'litellm' && openai) };
    const before = vendor.questions.length;
    const dead = await healthOf(options);
    vendor.serve(path, { status: 200, body: 'alive' });
    const alive = await healthOf(options);
    vendor.serve(path, undefined);

    expect([dead.status, alive.status]).toEqual(['down', 'ok']);
    expect(vendor.questions.slice(before).map(({ path: asked }) => asked)).toEqual([
      path,
      path,
      '/v1/models',
    ]);
  });
});

describe('the warm-up', () => {
  it('has a server load its model by an answer of one token, where it loads late', async () => {
    vendor.serve('/', { status: 200, body: 'Ollama is running' });
    const { adapter, close } = await startChat({ baseUrl: vendor.url, flavour: 'ollama' });

    await adapter.warmup?.(new AbortController().signal);
    await close();
    await until(() => vendor.requests.at(-1)?.state === 'ended');

    expect(vendor.requests.at(-1)?.body).toMatchObject({ max_tokens: 1, reasoning_effort: 'none' });
  });

  it('opens the connection and asks for no answer elsewhere', async () => {
    const before = vendor.requests.length;
    const { adapter, close } = await startChat({ baseUrl: vendor.url, apiKey: 'OPENAI_API_KEY' });

    await adapter.warmup?.(new AbortController().signal);
    await close();

    expect(vendor.requests.length).toBe(before);
  });
});
