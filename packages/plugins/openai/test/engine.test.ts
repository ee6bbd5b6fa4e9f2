import { type EngineOptions, defineTool } from '@tth/core';
import { type RecordedSession, hangAfter, startVirtualEngine, until } from '@tth/testkit';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import plugin from '../src/index.ts';
import { type FakeScript, startFakeOpenai } from './fake-openai.ts';

const [first, second] = [await startFakeOpenai(), await startFakeOpenai()];
const sea = 'The sea is deep. Nobody has seen all of it.';
beforeEach(() => {
  first.play({ reply: { text: sea } });
  second.play({ reply: { text: sea } });
});
afterAll(() => Promise.all([first.close(), second.close()]));

const patienceMs = 1_000;
/** Where nothing is to be late, however slow the machine: time stands still, but these are the limits. */
const forever = { firstItemMs: 1e9, idleMs: 1e9 };

const textOf = ({ events }: RecordedSession): string =>
  events.map((event) => (event.type === 'text_delta' ? event.text : '')).join('');

interface Talk extends Partial<EngineOptions> {
  /** The model is silent once this is so, for longer than anybody waits. */
  readonly silentOnce?: (session: RecordedSession) => boolean;
}

/** One turn without voice and face, asked of these models in turn. The vendors are real, time is not. */
const talk = async (models: Readonly<Record<string, object>>, { silentOnce, ...more }: Talk = {}) => {
  const before = [first.requests.length, second.requests.length];
  const { engine, clock, connect } = await startVirtualEngine({
    plugins: [{ name: plugin.name, load: () => Promise.resolve(plugin) }],
    adapterOptions: Object.fromEntries(
      Object.entries(models).map(([id, options]) => [id, { adapter: 'openai', model: 'm1', ...options }]),
    ),
    routes: { llm: Object.keys(models) },
    secrets: { reveal: ({ secret }) => `secret-${secret}` },
    policies: {
      withoutVoice: 'text_only',
      turnBudgetMs: 1e9,
      llm: silentOnce === undefined ? forever : { firstItemMs: patienceMs, idleMs: patienceMs },
    },
    ...more,
  });
  const session = connect({ accepts: { audio: [], video: [] } });
  session.ask('Tell me something about the sea.');
  if (silentOnce !== undefined) {
    await until(() => silentOnce(session));
    await clock.advance(patienceMs);
    await until(() => textOf(session).length >= sea.length);
  }
  while (session.ends.length === 0) await clock.advance(50);
  await engine.close();
  return {
    text: textOf(session),
    changes: session.of('degraded_mode'),
    end: session.ends[0],
    asked: [first.requests.length - before[0]!, second.requests.length - before[1]!],
  };
};

const openai = { baseUrl: first.url, apiKey: 'OPENAI_API_KEY' };
const qwen = { baseUrl: second.url, flavour: 'vllm' };

describe('a model of this plugin in the engine', () => {
  it.each<[string, FakeScript]>([
    ['before the headers', { isMute: true }],
    ['after the headers', { faults: [hangAfter(0)] }],
    [
      'while it thinks',
      { reply: { thinking: { text: 'Hm. '.repeat(9), in: 'reasoning' } }, faults: [hangAfter(3)] },
    ],
  ])('that is silent %s is replaced in time, and asked once', async (_name, script) => {
    first.play(script);
    const before = first.requests.length;

    const { text, changes, end, asked } = await talk(
      { cloud: openai, qwen },
      { silentOnce: () => first.requests.length > before },
    );
    await until(() => first.requests.at(-1)?.state === 'left');

    expect(end).toMatchObject({ type: 'turn_completed' });
    expect(text).toBe(sea);
    expect(changes).toContainEqual(
      expect.objectContaining({ from: 'cloud', to: 'qwen', reason: 'provider.timeout' }),
    );
    expect(asked).toEqual([1, 1]);
  });

  it('that falls silent in the middle is continued from its last character', async () => {
    first.play({ reply: { text: sea }, faults: [hangAfter(5)] });
    second.play({ reply: { text: sea.slice(20) } });

    const { text, changes } = await talk(
      { cloud: openai, qwen },
      { silentOnce: (session) => textOf(session) === sea.slice(0, 20) },
    );

    expect(text).toBe(sea);
    expect(changes).toContainEqual(expect.objectContaining({ reason: 'provider.stalled' }));
    const body = second.requests.at(-1)!.body!;
    expect(body).toMatchObject({ continue_final_message: true, add_generation_prompt: false });
    expect((body['messages'] as object[]).at(-1)).toEqual({ role: 'assistant', content: sea.slice(0, 20) });
  });

  it('is asked a second time by the router alone, where nobody else could be asked', async () => {
    first.play({ refusal: { status: 500, headers: { 'x-should-retry': 'true' }, body: {} } });

    const { end, asked } = await talk({ cloud: openai });

    expect(end).toMatchObject({ type: 'turn_error', error: { code: 'provider.unavailable' } });
    expect(asked).toEqual([2, 0]);
  });

  it('answers in JSON where it can, of which the words alone are heard', async () => {
    const reply = { segments: [{ emotion: 'happy', intensity: 0.7, text: 'The sea is deep.' }] };
    first.play({ reply: { text: JSON.stringify(reply) } });

    const { text } = await talk({ cloud: openai });

    expect(text.trim()).toBe('The sea is deep.');
    expect(first.requests.at(-1)?.body).toMatchObject({
      response_format: { json_schema: { name: 'spoken_reply', strict: true } },
    });
  });

  it('has tools called and goes on with what they return', async () => {
    const depth = defineTool({
      name: 'depth',
      description: 'How deep the sea is.',
      parameters: z.object({ at: z.string() }),
      execute: ({ at }) => `${at}: 11 km`,
    });
    const toolCalls = [{ id: 'call_1', name: 'depth', arguments: '{"at":"Mariana"}' }];
    first.play((nth) => (nth === 0 ? { reply: { text: '', toolCalls } } : { reply: { text: 'Eleven.' } }));

    const { text, asked } = await talk({ cloud: openai }, { tools: [depth] });

    expect(text.trim()).toBe('Eleven.');
    expect(asked).toEqual([2, 0]);
    expect((first.requests.at(-1)!.body!['messages'] as object[]).slice(-2)).toMatchObject([
      { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'depth' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'Mariana: 11 km' },
    ]);
  });

  it('whose key is refused hands over to the next', async () => {
    first.play({ refusal: { status: 401, body: { error: 'Unauthorized' } } });

    const { text, changes, asked } = await talk({ cloud: openai, qwen });

    expect(text).toBe(sea);
    expect(changes).toContainEqual(expect.objectContaining({ reason: 'provider.misconfigured' }));
    expect(asked).toEqual([1, 1]);
  });
});
