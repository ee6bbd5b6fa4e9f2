import {
  type VendorSimulator,
  dieAfter,
  enlarge,
  goOnWith,
  hangAfter,
  recut,
  startVendor,
} from '@tth/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TthError } from '../domain/errors.ts';
import { systemClock } from '../domain/time.ts';
import { type Http, type HttpResponse, createHttp } from './http.ts';
import type { Log } from './services.ts';

let vendor: VendorSimulator;
let http: Http;
let logged: string[];
beforeEach(async () => {
  vendor = await startVendor();
  logged = [];
  const note = (fields: object, text: string): void => void logged.push(JSON.stringify({ ...fields, text }));
  const log: Log = { debug: note, info: note, warn: note, error: note };
  http = createHttp({ clock: systemClock, log });
});
afterEach(() => vendor.close());

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};
const never = new AbortController().signal;
/** Too long for a name: that nobody has it is known without asking. */
const unheardOf = `${'v'.repeat(64)}.invalid`;
const speak = (text: string, signal = never, path = '/lines'): Promise<HttpResponse> =>
  http.post(`${vendor.url}${path}`, {
    headers: { authorization: 'Bearer key-12345' },
    json: { text },
    signal,
  });
const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};

describe('vendor calls', () => {
  it('send JSON with the given headers and read events, lines, bytes and JSON', async () => {
    const chat = await http.post(`${vendor.url}/chat`, { json: { messages: [] }, signal: never });
    const events = await collect(chat.sse());
    const lines = await collect((await speak('Hi')).ndjson());
    const bytes = await collect((await speak('Hi', never, '/speech')).bytes());
    const health = await (await http.get(`${vendor.url}/health`, { signal: never })).json();

    expect(events.map(({ data }) => data).slice(-3)).toEqual([
      '{"text":"e."}',
      '{"finish":"stop"}',
      '[DONE]',
    ]);
    expect(lines.at(-1)).toEqual({ done: true });
    expect(bytes.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(2 * 2_400);
    expect(health).toEqual({ ok: true });
    expect(vendor.requests[1]).toMatchObject({
      body: { text: 'Hi' },
      headers: { authorization: 'Bearer key-12345', 'content-type': 'application/json' },
    });
  });

  it('read the same however the bytes are cut', async () => {
    const whole = await collect((await speak('Grüße an alle 😀')).ndjson());

    vendor.play({ faults: [recut(1)] });

    expect(await collect((await speak('Grüße an alle 😀')).ndjson())).toEqual(whole);
  });

  it('forgive one line that cannot be read, and no more', async () => {
    vendor.play((nth) => ({ faults: [goOnWith(...Array.from({ length: nth + 1 }, () => '{"no"\n'))] }));

    expect((await collect((await speak('Hi')).ndjson())).at(-1)).toEqual({ done: true });
    await expect(collect((await speak('Hi')).ndjson())).rejects.toMatchObject({
      code: 'provider.protocol_error',
    });
  });

  it('give up an event that grows beyond 1 MiB, and its connection', async () => {
    vendor.play({ faults: [enlarge(1, 50 * 1_048_576)] });
    const call = new AbortController();

    const chat = await http.post(`${vendor.url}/chat`, { json: { messages: [] }, signal: call.signal });

    await expect(collect(chat.sse())).rejects.toMatchObject({ code: 'provider.protocol_error' });
    await until(() => vendor.requests[0]?.state === 'left');
    expect(vendor.requests[0]!.sentBytes).toBeLessThan(20 * 1_048_576);
  });

  it('take no other answer for a stream of events or of bytes', async () => {
    vendor.play({ refusal: { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' } });

    const chat = await http.post(`${vendor.url}/chat`, { json: { messages: [] }, signal: never });

    expect(() => chat.sse()).toThrow(/another form/);
    expect(() => chat.bytes()).toThrow(/another form/);
  });

  it('fail with the code of their status, and tell of its text at debug alone, without secrets', async () => {
    vendor.play({
      refusal: { status: 500, body: `<html>key-12345 is wrong ${'x '.repeat(500)}</html>` },
    });

    const error: unknown = await speak('Hi').catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'provider.unavailable' });
    expect(error).not.toHaveProperty('cause');
    expect(JSON.stringify(error) + String(error)).not.toMatch(/html|key-12345/);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('<html>[secret] is wrong');
    expect(logged[0]).not.toContain('key-12345');
    expect(logged[0]!.length).toBeLessThan(400);
  });

  it('can be explained by who knows the words of the vendor', async () => {
    const limit = { 'retry-after': '3', 'x-limit': '5' };
    const refusals = [
      { status: 400, headers: limit, body: '{"detail":{"code":"voice_not_found"}}' },
      { status: 500, body: 'no JSON' },
    ];
    vendor.play((nth) => ({ refusal: refusals[nth]! }));
    const own = new TthError('provider.misconfigured', 'There is no such voice.');
    const seen: unknown[] = [];
    const ask = (): Promise<unknown> =>
      http
        .post(`${vendor.url}/lines`, {
          json: { text: 'Hi' },
          signal: never,
          explain: ({ status, body, retryAfterMs, header }) => {
            seen.push([status, body, retryAfterMs, header('X-Limit')]);
            return body === undefined ? undefined : own;
          },
        })
        .catch((thrown: unknown) => thrown);

    expect(await ask()).toBe(own);
    expect(await ask()).toMatchObject({ code: 'provider.unavailable' });
    expect(seen).toEqual([
      [400, { detail: { code: 'voice_not_found' } }, 3_000, '5'],
      [500, undefined, undefined, undefined],
    ]);
  });

  it.each([
    {
      what: 'refuses connections',
      url: () => vendor.refuse().then(() => vendor.url),
      reason: 'ECONNREFUSED',
    },
    { what: 'has no address', url: () => Promise.resolve(`http://${unheardOf}`), reason: 'ENOTFOUND' },
  ])('find that a vendor $what', async ({ url, reason }) => {
    const address = await url();

    await expect(http.get(`${address}/health`, { signal: never })).rejects.toMatchObject({
      code: 'provider.unavailable',
      details: { reason: reason },
    });
  });

  it.each([
    { what: 'an address', url: 'nonsense', headers: {} },
    { what: 'a key', url: 'http://127.0.0.1', headers: { authorization: 'Bearer key-12345\nx' } },
  ])('do not repeat $what that cannot be', async ({ url, headers }) => {
    const error: unknown = await http.get(url, { headers, signal: never }).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'provider.misconfigured' });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toMatch(/key-12345/);
  });

  it.each(['fin', 'rst'] as const)('find that a connection died in the middle (%s)', async (how) => {
    vendor.play({ faults: [dieAfter(2, how)] });

    await expect(collect((await speak('Hello there')).ndjson())).rejects.toMatchObject({
      code: 'provider.unavailable',
    });
  });

  it('follow no redirect', async () => {
    vendor.play({ refusal: { status: 302, headers: { location: `${vendor.url}/speech` } } });

    await expect(speak('Hi')).rejects.toMatchObject({ code: 'provider.misconfigured' });
    expect(vendor.requests).toHaveLength(1);
  });
});

describe('vendor calls of an SDK', () => {
  const chat = (signal = never): Promise<Response> =>
    http.fetch(`${vendor.url}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer key-12345' },
      body: JSON.stringify({ messages: [] }),
      signal,
    });

  it('are answered as they come and read as others are', async () => {
    const events = await collect(http.read(await chat(), never).sse());

    expect(events.at(-1)?.data).toBe('[DONE]');
    expect(vendor.requests[0]?.headers).toMatchObject({ authorization: 'Bearer key-12345' });
  });

  it('are told what a refusal says, at most 64 KiB of it, and no log is without a mask', async () => {
    vendor.play({
      refusal: { status: 429, headers: { 'retry-after': '2' }, body: `key-12345 ${'x '.repeat(50_000)}` },
    });

    const response = await chat();

    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('2');
    expect((await response.text()).length).toBe(65_536);
    expect(logged[0]).toContain('[secret] x x');
  });

  it('follow no redirect and take an answer that has no body', async () => {
    vendor.play((nth) => ({
      refusal: { status: nth === 0 ? 302 : 304, headers: { location: `${vendor.url}/speech` } },
    }));

    expect([(await chat()).status, (await chat()).status]).toEqual([302, 304]);
    expect(vendor.requests).toHaveLength(2);
  });

  it('fail with a code where there is no connection, and with the reason of their abort', async () => {
    const reason = new Error('stop');
    await vendor.refuse();

    await expect(chat()).rejects.toMatchObject({ code: 'provider.unavailable' });
    await expect(chat(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('replace an idle connection that the vendor closes as they come', async () => {
    const cuts = (): number => vendor.requests.filter(({ state }) => state === 'cut').length;
    vendor.play(() => (cuts() === 0 ? { drop: 'idle' } : {}));

    while (cuts() === 0) await collect(http.read(await chat(), never).bytes());

    expect(vendor.requests.at(-1)?.state).not.toBe('cut');
  });
});

describe('vendor calls that are aborted', () => {
  it('before they begin are not made', async () => {
    const reason = new Error('stop');

    await expect(speak('Hi', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(vendor.requests).toEqual([]);
  });

  it('before an answer reject with the reason and leave no connection', async () => {
    vendor.play({ isMute: true });
    const call = new AbortController();
    const reason = new Error('stop');

    const answer = speak('Hi', call.signal).catch((thrown: unknown) => thrown);
    await until(() => vendor.openRequests === 1);
    call.abort(reason);

    expect(await answer).toBe(reason);
    await until(() => vendor.openRequests === 0);
    expect(vendor.requests[0]?.state).toBe('left');
  });

  it('in the middle end within one piece and leave no connection', async () => {
    vendor.play({ faults: [hangAfter(2)] });
    const call = new AbortController();

    const items = (await speak('Hello there', call.signal)).ndjson()[Symbol.asyncIterator]();
    await items.next();
    await items.next();
    const third = items.next();
    call.abort();

    expect(await third).toEqual({ done: true, value: undefined });
    await until(() => vendor.openRequests === 0);
    expect(vendor.requests[0]?.state).toBe('left');
  });

  it('whose answer nobody reads leave no connection', async () => {
    vendor.play({ faults: [hangAfter(1)] });
    const call = new AbortController();

    await speak('Hi', call.signal);
    call.abort();

    await until(() => vendor.openRequests === 0);
    expect(vendor.requests[0]?.state).toBe('left');
  });

  it('and those whose reader leaves close the connection', async () => {
    vendor.play({ faults: [hangAfter(2)] });

    for await (const _ of (await speak('Hello there')).bytes()) break;

    await until(() => vendor.openRequests === 0);
    expect(vendor.requests[0]?.state).toBe('left');
  });
});

describe('A23: an idle connection that the vendor closes as a call comes', () => {
  const cuts = (): number => vendor.requests.filter(({ state }) => state === 'cut').length;

  it('is replaced without a word', async () => {
    vendor.play(() => (cuts() === 0 ? { drop: 'idle' } : {}));

    let calls = 0;
    for (; cuts() === 0; calls++) {
      const lines = await collect((await speak('Hi')).ndjson());
      expect(lines.at(-1)).toEqual({ done: true });
    }

    expect(vendor.requests).toHaveLength(calls + 1);
    expect(logged).toEqual([]);
  });

  it('is replaced once', async () => {
    vendor.play(() => ({ drop: cuts() === 0 ? 'idle' : 'any' }));

    const untilItFails = async (): Promise<never> => {
      for (;;) await collect((await speak('Hi')).bytes());
    };

    await expect(untilItFails()).rejects.toMatchObject({ code: 'provider.unavailable' });
    expect(cuts()).toBe(2);
  });

  it('is not meant by a new connection that closes before it answers', async () => {
    vendor.play({ drop: 'any' });

    await expect(speak('Hi')).rejects.toMatchObject({ code: 'provider.unavailable' });
    expect(vendor.requests).toHaveLength(1);
  });

  it('is not meant by an answer that breaks off', async () => {
    vendor.play((nth) => (nth === 0 ? {} : { faults: [dieAfter(1, 'fin')] }));

    await collect((await speak('Hi')).bytes());

    await expect(collect((await speak('Hi')).bytes())).rejects.toMatchObject({
      code: 'provider.unavailable',
    });
    expect(vendor.requests).toHaveLength(2);
  });
});
