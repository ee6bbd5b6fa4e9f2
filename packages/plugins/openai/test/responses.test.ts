import type { LlmInput } from '@tth/core/plugin';
import { dieAfter, endAfter, hangAfter, recut, until } from '@tth/testkit';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { call, question } from './call.ts';
import { type FakeScript, startFakeOpenai } from './fake-openai.ts';
import { startResponses } from './start.ts';

const vendor = await startFakeOpenai();
const { adapter, close } = await startResponses({ baseUrl: vendor.url, apiKey: 'OPENAI_API_KEY' });
beforeEach(() => vendor.play({}));
afterAll(async () => {
  await close();
  await vendor.close();
});

const sea = 'The sea is deep. Nobody has seen all of it.';
const usage = { type: 'usage', inputTokens: 31, outputTokens: 11 };
const event = (fields: { readonly type: string }): string =>
  `event: ${fields.type}\ndata: ${JSON.stringify(fields)}\n\n`;

describe('an answer of the Responses API', () => {
  it('comes in deltas, then what it cost, then its end', async () => {
    const { outputs, text } = await call(adapter);

    expect(text).toBe(sea);
    expect(outputs.slice(-2)).toEqual([usage, { type: 'finish', reason: 'stop' }]);
    expect(vendor.requests.at(-1)?.path).toBe('/v1/responses');
  });

  it.each<[string, FakeScript]>([
    ['one byte at a time', { faults: [recut(1)] }],
    ['with comments and other line ends', { comments: 2, framing: 'crlf' }],
    ['after thinking', { reply: { thinking: { text: 'They ask about it.', in: 'reasoning' } } }],
    ['with events that nobody knows', { insert: { at: 3, lines: [event({ type: 'response.news.delta' })] } }],
    ['with [DONE] behind it', { insert: { at: 19, lines: ['data: [DONE]\n\n'] } }],
    ['with an event that cannot be read', { insert: { at: 3, lines: ['data: {"ty\n\n'] } }],
  ])('is the same %s', async (_name, script) => {
    vendor.play(script);

    const { text, outputs } = await call(adapter);

    expect(text).toBe(sea);
    expect(outputs.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it('leaves out what the model remarks on its way', async () => {
    const item = { id: 'msg_9', type: 'message', role: 'assistant', phase: 'commentary' };
    const lines = [
      event({ type: 'response.output_item.added', item } as never),
      event({ type: 'response.output_text.delta', item_id: 'msg_9', delta: 'Let me think.' } as never),
    ];
    vendor.play({ insert: { at: 2, lines } });

    expect((await call(adapter)).text).toBe(sea);
  });

  it('has its calls of tools whole, before the end', async () => {
    const weather = { name: 'weather', arguments: '{"city":"Oslo"}' };
    const input: LlmInput = {
      ...question,
      tools: [{ name: 'weather', description: 'Tells.', parameters: { type: 'object' } }],
    };
    vendor.play({ reply: { text: 'Wait.', toolCalls: [{ id: 'call_7', ...weather }] } });

    const { outputs, text } = await call(adapter, { input });

    expect(text).toBe('Wait.');
    expect(outputs.slice(-3)).toMatchObject([
      { type: 'tool_call', id: 'call_7', ...weather },
      { type: 'usage' },
      { type: 'finish', reason: 'tool_calls' },
    ]);
  });

  it('that refuses says so in words', async () => {
    vendor.play({ reply: { text: '', refusal: 'I would rather not.' } });

    const { text, outputs } = await call(adapter);

    expect(text).toBe('I would rather not.');
    expect(outputs.at(-1)).toEqual({ type: 'finish', reason: 'refusal' });
  });

  it.each(['max_output_tokens', 'max_messages', 'steered'])(
    'that breaks off by %s says so',
    async (incomplete) => {
      vendor.play({ end: { incomplete } });

      const { outputs, error } = await call(adapter);

      expect(error).toBeUndefined();
      expect(outputs.slice(-2)).toEqual([usage, { type: 'finish', reason: 'length' }]);
    },
  );
});

describe('failures inside an answer of the Responses API', () => {
  const failed = (code: string): FakeScript => ({ end: { failed: { code, message: 'No.' } } });

  it.each<[string, FakeScript, string]>([
    ['the server', failed('server_error'), 'provider.unavailable'],
    ['the file store', failed('vector_store_timeout'), 'provider.unavailable'],
    ['the limit', failed('rate_limit_exceeded'), 'provider.rate_limited'],
    ['the prompt', failed('invalid_prompt'), 'provider.rejected'],
    ['the region', failed('data_residency_mismatch'), 'provider.misconfigured'],
    ['a filter', { end: { incomplete: 'content_filter' } }, 'provider.rejected'],
    [
      'an event of that name',
      {
        insert: {
          at: 4,
          lines: [event({ type: 'error', code: 'server_error', message: 'No.', param: null } as never)],
          endsThere: true,
        },
      },
      'provider.unavailable',
    ],
    [
      'an error that is no event',
      { insert: { at: 4, lines: ['data: {"error":{"code":"rate_limit_exceeded"}}\n\n'], endsThere: true } },
      'provider.rate_limited',
    ],
    ['an end in the middle', { faults: [endAfter(6)] }, 'provider.protocol_error'],
    ['a connection that is reset', { faults: [dieAfter(6, 'rst')] }, 'provider.unavailable'],
    [
      'two events that cannot be read',
      { insert: { at: 3, lines: ['data: {"a\n\n', 'data: {"b\n\n'] } },
      'provider.protocol_error',
    ],
    [
      'a refusal before it',
      { refusal: { status: 429, body: { error: { code: 'insufficient_quota' } } } },
      'provider.misconfigured',
    ],
  ])('are told of %s', async (_name, script, code) => {
    vendor.play(script);
    const before = vendor.requests.length;

    const { error } = await call(adapter);

    expect(error).toMatchObject({ code });
    expect(vendor.requests.length - before).toBe(1);
  });
});

describe('a call of the Responses API that is stopped', () => {
  it('closes its connection and estimates what it cost', async () => {
    vendor.play({ faults: [hangAfter(8)] });
    const abort = new AbortController();

    const { error, context } = await call(adapter, {
      signal: abort.signal,
      on: (_output, count) => count === 2 && abort.abort(),
    });
    await until(() => vendor.requests.at(-1)?.state === 'left');

    expect(error).toBeUndefined();
    expect(context.usageRecords.map(({ unit }) => unit)).toEqual(['input_tokens', 'output_tokens']);
    expect(vendor.requests.at(-1)?.pieces).toBe(8);
  });
});
