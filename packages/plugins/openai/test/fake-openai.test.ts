import OpenAI, {
  APIConnectionError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from 'openai';
import { dieAfter } from '@tth/testkit';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startFakeOpenai } from './fake-openai.ts';

const vendor = await startFakeOpenai();
beforeEach(() => vendor.play({}));
afterAll(() => vendor.close());

const client = new OpenAI({ apiKey: 'k', baseURL: vendor.url, maxRetries: 0, logLevel: 'off' });
const messages = [{ role: 'user' as const, content: 'Hello' }];
const weather = { id: 'call_7', name: 'weather', arguments: '{"city":"Oslo"}' };

/** The official client is the judge: what it understands is what the vendor would have meant. */
describe('the simulated OpenAI, in the eyes of the official client', () => {
  it('answers at once', async () => {
    const completion = await client.chat.completions.create({ model: 'm1', messages });

    expect(completion.choices[0]).toMatchObject({
      message: { content: 'The sea is deep. Nobody has seen all of it.' },
      finish_reason: 'stop',
    });
  });

  it('streams an answer with its tokens counted', async () => {
    const stream = client.chat.completions.stream({
      model: 'm1',
      messages,
      stream_options: { include_usage: true },
    });

    const completion = await stream.finalChatCompletion();

    expect(completion.choices[0]?.message.content).toBe('The sea is deep. Nobody has seen all of it.');
    expect(completion.usage).toMatchObject({ prompt_tokens: 31 });
  });

  it('streams calls of tools in pieces and refusals', async () => {
    vendor.play((nth) => ({
      reply: nth === 0 ? { text: '', toolCalls: [weather] } : { text: '', refusal: 'I cannot say that.' },
    }));

    const called = await client.chat.completions.stream({ model: 'm1', messages }).finalChatCompletion();
    const refused = await client.chat.completions.stream({ model: 'm1', messages }).finalChatCompletion();

    expect(called.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [{ id: 'call_7', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
      },
    });
    expect(refused.choices[0]?.message.refusal).toBe('I cannot say that.');
  });

  it('streams a response of text and of calls', async () => {
    vendor.play({
      reply: { text: 'Let me look.', toolCalls: [weather], thinking: { text: 'Hm.', in: 'reasoning' } },
    });

    const response = await client.responses.stream({ model: 'm1', input: 'Hello' }).finalResponse();

    expect(response.output_text).toBe('Let me look.');
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call']);
    expect(response.output[2]).toMatchObject({ call_id: 'call_7', arguments: '{"city":"Oslo"}' });
    expect(response.usage?.input_tokens).toBe(31);
  });

  it('ends a response early, with its reason', async () => {
    vendor.play((nth) => ({
      end:
        nth === 0
          ? { incomplete: 'max_output_tokens' }
          : { failed: { code: 'server_error', message: 'Oh.' } },
    }));

    const types: string[][] = [];
    for (let n = 0; n < 2; n++) {
      const events = await client.responses.create({ model: 'm1', input: 'Hello', stream: true });
      const seen: string[] = [];
      for await (const event of events) seen.push(event.type);
      types.push(seen);
    }

    expect(types.map((seen) => seen.at(-1))).toEqual(['response.incomplete', 'response.failed']);
  });

  it.each([
    [400, BadRequestError],
    [401, AuthenticationError],
    [403, PermissionDeniedError],
    [404, NotFoundError],
    [422, UnprocessableEntityError],
    [429, RateLimitError],
    [500, InternalServerError],
  ])('refuses with %i as the client knows it', async (status, kind) => {
    vendor.play({ refusal: { status, body: { error: { message: 'No.', code: 'some_code' } } } });

    const call = client.chat.completions.create({ model: 'm1', messages, stream: true });

    await expect(call).rejects.toBeInstanceOf(kind);
    await expect(call).rejects.toMatchObject({ status, code: 'some_code' });
  });

  it('breaks a connection before an answer and in the middle of one', async () => {
    vendor.play((nth) => (nth === 0 ? { drop: 'any' } : { faults: [dieAfter(3, 'rst')] }));

    const before = client.chat.completions.create({ model: 'm1', messages, stream: true });
    await expect(before).rejects.toBeInstanceOf(APIConnectionError);
    const events = await client.chat.completions.create({ model: 'm1', messages, stream: true });
    const read = async (): Promise<void> => {
      for await (const _ of events);
    };

    await expect(read()).rejects.toThrow('terminated');
  });

  it('lists its models', async () => {
    vendor.serve('/v1/models', {
      status: 200,
      body: { object: 'list', data: [{ id: 'm1', object: 'model' }] },
    });

    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);

    expect(ids).toEqual(['m1']);
  });
});
