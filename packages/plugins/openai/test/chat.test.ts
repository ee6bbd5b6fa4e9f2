import type { LlmAdapter, LlmInput } from '@tth/core/plugin';
import {
  createInferContext,
  createVirtualClock,
  dieAfter,
  endAfter,
  enlarge,
  hangAfter,
  neverEnd,
  recut,
  until,
} from '@tth/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, question } from './call.ts';
import type { FakeReply } from './chat-wire.ts';
import { type FakeScript, startFakeOpenai } from './fake-openai.ts';
import { startChat } from './start.ts';

const vendor = await startFakeOpenai();
const started = {
  openai: await startChat({ baseUrl: vendor.url, apiKey: 'OPENAI_API_KEY' }),
  vllm: await startChat({ baseUrl: vendor.url, flavour: 'vllm' }),
  generic: await startChat({ baseUrl: vendor.url, flavour: 'generic' }),
  thinking: await startChat({ baseUrl: vendor.url, flavour: 'lmstudio', thinking: 'on' }),
};
let adapter: LlmAdapter;
beforeAll(() => {
  ({ adapter } = started.openai);
});
beforeEach(() => vendor.play({}));
afterAll(async () => {
  for (const { close } of Object.values(started)) await close();
  await vendor.close();
});

const sea = 'The sea is deep. Nobody has seen all of it.';
const usage = { type: 'usage', inputTokens: 31, outputTokens: 11 };
const calls = (): number => vendor.requests.length;
const countsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = calls();
  await work();
  return calls() - before;
};

describe('an answer of Chat Completions', () => {
  it('comes in deltas, then what it cost, then its end', async () => {
    const { outputs, text, error } = await call(adapter);

    expect(error).toBeUndefined();
    expect(text).toBe(sea);
    expect(outputs.filter(({ type }) => type === 'text_delta').length).toBeGreaterThan(5);
    expect(outputs.slice(-2)).toEqual([usage, { type: 'finish', reason: 'stop' }]);
  });

  it.each<[string, FakeScript & { readonly reply?: FakeReply }]>([
    ['with comments before it', { comments: 3 }],
    ['with lines that end as on Windows', { framing: 'crlf' }],
    ['without a space after the colon', { framing: 'tight' }],
    ['one byte at a time', { faults: [recut(1)] }],
    ['cut inside of characters', { reply: { text: 'Grüße 😀 über das Meer.' }, faults: [recut(7)] }],
    [
      'with an event of a kind that nobody knows',
      { insert: { at: 2, lines: ['event: news\ndata: {"a":1}\n\n'] } },
    ],
    ['with an event that has no choices', { insert: { at: 2, lines: ['data: {"choices":[]}\n\n'] } }],
    ['with an event that cannot be read', { insert: { at: 2, lines: ['data: {"cho\n\n'] } }],
    ['without [DONE]', { reply: { isDone: false } }],
  ])('is the same %s', async (_name, script) => {
    vendor.play(script);

    const { outputs, text } = await call(adapter);

    expect(text).toBe(script.reply?.text ?? sea);
    expect(outputs.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it.each<[string, keyof typeof started, FakeReply['thinking']]>([
    ['in a field of its own', 'openai', { text: 'They ask about it.', in: 'reasoning' }],
    ['in the older field', 'openai', { text: 'They ask about it.', in: 'reasoning_content' }],
    ['in the text', 'openai', { text: 'They ask about it.', in: 'content' }],
    ['in a field of its own, where it may', 'thinking', { text: 'They ask.', in: 'reasoning_content' }],
    ['in the text, where it may', 'thinking', { text: 'They ask.', in: 'content' }],
  ])('never speaks what its model thinks %s', async (_name, which, thinking) => {
    vendor.play({ reply: { thinking: thinking! } });

    expect((await call(started[which].adapter)).text).toBe(sea);
  });

  it.each<[string, keyof typeof started, FakeReply['usage'] & string]>([
    ['at the end', 'openai', 'final'],
    ['with every event', 'vllm', 'every'],
  ])('tells its cost once, counted %s', async (_name, which, counted) => {
    vendor.play({ reply: { usage: counted } });

    const { outputs, context } = await call(started[which].adapter);

    expect(outputs.filter(({ type }) => type === 'usage')).toEqual([usage]);
    expect(context.usageRecords).toEqual([]);
  });

  it('is estimated where nobody counts', async () => {
    const { outputs, context } = await call(started.generic.adapter);

    expect(outputs.some(({ type }) => type === 'usage')).toBe(false);
    expect(context.usageRecords.map(({ unit }) => unit)).toEqual(['input_tokens', 'output_tokens']);
    expect(context.usageRecords.every(({ amount }) => amount > 5)).toBe(true);
  });

  it.each<[string, FakeReply]>([
    ['without its cost, where that does not come', { usage: 'none', isDone: false }],
    ['although the connection stays open', {}],
  ])('ends %s', async (_name, reply) => {
    vendor.play({ reply, faults: [neverEnd()] });
    const clock = createVirtualClock();
    const { adapter: patient } = await startChat({ baseUrl: vendor.url, apiKey: 'K' }, { clock });

    const running = call(patient);
    let isOver = false;
    void running.then(() => (isOver = true));
    while (!isOver) {
      await until(() => isOver || clock.pendingTimers > 0);
      await clock.advance(1_000);
    }

    const { outputs, error } = await running;
    expect(error).toBeUndefined();
    expect(outputs.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it('that reaches its limit says so and keeps the text', async () => {
    vendor.play({ reply: { text: '{"segments":[{"text":"The sea is d', finish: 'length' } });

    const { text, outputs } = await call(adapter);

    expect(text).toBe('{"segments":[{"text":"The sea is d');
    expect(outputs.at(-1)).toEqual({ type: 'finish', reason: 'length' });
  });

  it('that refuses says so in words', async () => {
    vendor.play({ reply: { text: '', refusal: 'I would rather not.' } });

    const { text, outputs } = await call(adapter);

    expect(text).toBe('I would rather not.');
    expect(outputs.at(-1)).toEqual({ type: 'finish', reason: 'refusal' });
  });

  it('that a filter ends is the vendor’s last word', async () => {
    vendor.play({ reply: { finish: 'content_filter' } });

    expect((await call(adapter)).error).toMatchObject({ code: 'provider.rejected' });
  });
});

describe('tool calls of Chat Completions', () => {
  const weather = { name: 'weather', arguments: '{"city":"Oslo"}' };
  const time = { name: 'time', arguments: '{"zone":"UTC"}' };
  const input: LlmInput = {
    ...question,
    tools: [weather, time].map(({ name }) => ({
      name,
      description: 'Tells.',
      parameters: { type: 'object' },
    })),
  };
  const callsOf = async (reply: FakeReply) => {
    vendor.play({ reply: { text: 'Wait.', ...reply } });
    const { outputs } = await call(adapter, { input });
    return { calls: outputs.filter((output) => output.type === 'tool_call'), end: outputs.at(-1) };
  };

  it.each<[string, object]>([
    ['in pieces', { pieces: 4 }],
    ['whole', { pieces: 0 }],
    ['with the id in every piece', { pieces: 4, repeatsId: true }],
    ['whole, each as if it were the first', { pieces: 0, isAlwaysFirst: true }],
  ])('come %s and are given whole, before the end', async (_name, form) => {
    const { calls: given, end } = await callsOf({
      toolCalls: [
        { id: 'a', ...weather, ...form },
        { id: 'b', ...time, ...form },
      ],
    });

    expect(given).toEqual([
      { type: 'tool_call', id: 'a', ...weather },
      { type: 'tool_call', id: 'b', ...time },
    ]);
    expect(end).toEqual({ type: 'finish', reason: 'tool_calls' });
  });

  it('count although the end says stop, and get ids where they have none', async () => {
    const { calls: given, end } = await callsOf({
      toolCalls: [
        { ...weather, pieces: 0 },
        { ...time, pieces: 0 },
      ],
      finish: 'stop',
    });

    expect(given).toMatchObject([weather, time]);
    expect(new Set(given.map(({ id }) => id)).size).toBe(2);
    expect(end).toEqual({ type: 'finish', reason: 'tool_calls' });
  });

  it('that are cut off by the limit are none', async () => {
    const { calls: given, end } = await callsOf({ toolCalls: [{ id: 'a', ...weather }], finish: 'length' });

    expect(given).toEqual([]);
    expect(end).toEqual({ type: 'finish', reason: 'length' });
  });
});

describe('failures inside an answer of Chat Completions', () => {
  const failed = 'data: {"error":{"message":"engine stopped","type":"InternalServerError","code":500}}\n\n';
  const named = 'event: error\ndata: {"message":"No.","code":"server_error"}\n\n';
  const done = 'data: [DONE]\n\n';

  it.each<[string, number, string[]]>([
    ['before the first word', 0, [failed]],
    ['before the first word, then [DONE]', 0, [failed, done]],
    ['after some words', 4, [failed]],
    ['after some words, then [DONE]', 4, [failed, done]],
    ['as an event of that name', 4, [named]],
  ])('are told %s', async (_name, at, lines) => {
    vendor.play({ insert: { at, lines, endsThere: true } });

    const { error, text } = await call(started.vllm.adapter);

    expect(error).toMatchObject({ code: 'provider.unavailable' });
    expect(text).toBe(sea.slice(0, Math.max(0, at - 1) * 5));
  });

  it.each<[string, FakeScript, string]>([
    ['an end without a reason', { reply: { finish: null, isDone: false } }, 'provider.protocol_error'],
    ['[DONE] without a reason', { reply: { finish: null } }, 'provider.protocol_error'],
    ['an end in the middle', { faults: [endAfter(4)] }, 'provider.protocol_error'],
    ['a connection that is closed', { faults: [dieAfter(4, 'fin')] }, 'provider.unavailable'],
    ['a connection that is reset', { faults: [dieAfter(4, 'rst')] }, 'provider.unavailable'],
    ['an event larger than 1 MiB', { faults: [enlarge(3, 1_100_000)] }, 'provider.protocol_error'],
    [
      'two events that cannot be read',
      { insert: { at: 3, lines: ['data: {"a\n\n', 'data: {"b\n\n'] } },
      'provider.protocol_error',
    ],
    [
      'a failure under the status of success',
      { refusal: { status: 200, body: { error: { code: 'rate_limit_exceeded', message: 'No.' } } } },
      'provider.rate_limited',
    ],
    [
      'an answer that is not streamed',
      { refusal: { status: 200, body: { choices: [{ message: { content: 'Hi' } }] } } },
      'provider.protocol_error',
    ],
    [
      'a page',
      { refusal: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' } },
      'provider.protocol_error',
    ],
  ])('show in %s', async (_name, script, code) => {
    vendor.play(script);

    let error: unknown;
    const count = await countsOf(async () => {
      ({ error } = await call(adapter));
    });

    expect(error).toMatchObject({ code });
    expect(count).toBe(1);
  });

  it('show in a new connection that is reset before an answer, which is not asked again', async () => {
    const other = await startFakeOpenai();
    other.play({ drop: 'any' });
    const { adapter: fresh } = await startChat({ baseUrl: other.url, flavour: 'generic' });

    const { error } = await call(fresh);

    expect(error).toMatchObject({ code: 'provider.unavailable' });
    expect(other.requests).toHaveLength(1);
    await other.close();
  });

  it('after the last word do not matter', async () => {
    const events = Math.ceil(sea.length / 5) + 2;
    vendor.play({ insert: { at: events, lines: [failed], endsThere: true } });
    const told = await call(adapter);
    vendor.play({ faults: [dieAfter(events, 'rst')] });
    const broken = await call(adapter);

    for (const { error, outputs } of [told, broken]) {
      expect(error).toBeUndefined();
      expect(outputs.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
    }
  });
});

describe('refusals of Chat Completions', () => {
  it.each<[string, FakeScript['refusal'] & object, object]>([
    [
      'a wrong key',
      { status: 401, body: { error: { code: 'invalid_api_key', message: 'No.' } } },
      { code: 'provider.misconfigured', details: { status: 401, vendorCode: 'invalid_api_key' } },
    ],
    [
      'a wrong key, in a word',
      { status: 401, body: { error: 'Unauthorized' } },
      { code: 'provider.misconfigured' },
    ],
    [
      'an unknown model',
      { status: 404, body: { error: { code: 'model_not_found', message: 'No.' } } },
      { code: 'provider.misconfigured' },
    ],
    [
      'too much, and when to come back',
      { status: 429, headers: { 'retry-after-ms': '30' }, body: { error: { code: 'rate_limit_exceeded' } } },
      { code: 'provider.rate_limited', retryAfterMs: 30 },
    ],
    [
      'no money',
      { status: 429, body: { error: { code: 'insufficient_quota', message: 'No.' } } },
      { code: 'provider.misconfigured' },
    ],
    [
      'a page of a proxy',
      { status: 502, body: '<html>Bad gateway</html>' },
      { code: 'provider.unavailable' },
    ],
    ['no service', { status: 503, body: {} }, { code: 'provider.unavailable' }],
    [
      'that nobody asks again, though the vendor proposes it',
      { status: 500, headers: { 'x-should-retry': 'true' }, body: {} },
      { code: 'provider.unavailable' },
    ],
  ])('%s', async (_name, refusal, expected) => {
    vendor.play({ refusal });

    let error: unknown;
    const count = await countsOf(async () => {
      ({ error } = await call(adapter));
    });

    expect(error).toMatchObject(expected);
    expect(JSON.stringify(error) + String(error)).not.toMatch(/No\.|html/);
    expect(count).toBe(1);
  });

  describe('of a conversation that is too long', () => {
    const tooLong = { status: 400, body: { error: { code: 'context_length_exceeded', message: 'No.' } } };
    const long: LlmInput = {
      messages: [
        { role: 'system', content: 'You are a guide.' },
        { role: 'user', content: 'First' },
        { role: 'assistant', content: 'One.' },
        { role: 'user', content: 'Second' },
        { role: 'assistant', content: 'Two.' },
        { role: 'user', content: 'Now' },
      ],
    };

    it('are answered by a shorter one', async () => {
      vendor.play((nth) => (nth === 0 ? { refusal: tooLong } : {}));

      const { text, error } = await call(adapter, { input: long });

      expect(error).toBeUndefined();
      expect(text).toBe(sea);
      const { messages } = vendor.requests.at(-1)!.body as { messages: { content: string }[] };
      expect(messages.map(({ content }) => content).slice(1)).toEqual(['Second', 'Two.', 'Now']);
    });

    it('are the last word when the shorter one is too long as well', async () => {
      vendor.play({ refusal: tooLong });

      let error: unknown;
      const count = await countsOf(async () => {
        ({ error } = await call(adapter, { input: long }));
      });

      expect(error).toMatchObject({ code: 'provider.rejected' });
      expect(count).toBe(2);
    });

    it('are the last word when there is nothing to leave out', async () => {
      vendor.play({ refusal: tooLong });

      expect(await countsOf(() => call(adapter))).toBe(1);
    });
  });
});

describe('a call of Chat Completions that is stopped', () => {
  it.each<[string, FakeScript]>([
    ['before the headers', { isMute: true }],
    ['after the headers', { faults: [hangAfter(0)] }],
  ])('closes its connection %s', async (_name, script) => {
    vendor.play(script);
    const abort = new AbortController();

    const before = calls();
    const running = call(adapter, { signal: abort.signal });
    await until(() => calls() > before);
    abort.abort();
    const { outputs, error } = await running;
    await until(() => vendor.requests.at(-1)?.state === 'left');

    expect({ outputs, error }).toEqual({ outputs: [], error: undefined });
  });

  it('closes its connection in the middle, and nothing is written after that', async () => {
    const read = 3;
    vendor.play({
      reply: { text: 'word '.repeat(5_000) },
      faults: [
        function* (steps) {
          for (const step of steps) {
            yield step;
            yield { kind: 'wait', ms: 2 };
          }
        },
      ],
    });
    const abort = new AbortController();

    const { outputs, error } = await call(adapter, {
      signal: abort.signal,
      on: (_output, count) => count === read && abort.abort(),
    });
    await until(() => vendor.requests.at(-1)?.state === 'left');
    const { pieces } = vendor.requests.at(-1)!;
    vendor.play({});
    await call(adapter);

    expect(error).toBeUndefined();
    expect(outputs.length).toBeLessThanOrEqual(read + 1);
    expect(vendor.requests.at(-2)?.pieces).toBe(pieces);
    expect(pieces).toBeLessThan(100);
  });

  it('is told what it cost: as counted so far, or else estimated', async () => {
    const stop = async (which: LlmAdapter) => {
      const abort = new AbortController();
      const { context, outputs } = await call(which, {
        signal: abort.signal,
        on: (_output, count) => count === 3 && abort.abort(),
      });
      expect(outputs.some(({ type }) => type === 'usage')).toBe(false);
      return Object.fromEntries(context.usageRecords.map(({ unit, amount }) => [unit, amount]));
    };

    expect(await stop(started.vllm.adapter)).toEqual({ input_tokens: 31, output_tokens: 11 });
    const estimated = await stop(adapter);
    expect(estimated['input_tokens']).toBeGreaterThan(10);
    expect(estimated['output_tokens']).toBeGreaterThan(0);
  });

  it('leaves a vendor alone that a reader walks away from', async () => {
    vendor.play({ faults: [hangAfter(4)] });

    const walkAway = async (): Promise<void> => {
      for await (const _ of adapter.inferStream(question, { language: 'en' }, createInferContext())) return;
    };
    await walkAway();

    await until(() => vendor.requests.every(({ state }) => state !== 'open'));
    expect(vendor.requests.every(({ state }) => state !== 'open')).toBe(true);
  });
});
