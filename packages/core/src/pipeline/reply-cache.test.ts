import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import type { LlmInput, LlmOutput } from '../plugin/adapter.ts';
import type { Model } from './llm.stage.ts';
import { createReplyCache, withReplyCache } from './reply-cache.ts';

const ask: LlmInput = { messages: [{ role: 'user', content: 'Hi' }] };
const text = (words: string): LlmOutput => ({ type: 'text_delta', text: words });
const finish = (reason: 'stop' | 'length' | 'refusal'): LlmOutput => ({ type: 'finish', reason });
const whole = [text('Hel'), text('lo.'), finish('stop')];

const start = (outputs: readonly LlmOutput[] = whole, maxReplies = 10) => {
  const clock = createVirtualClock();
  const cache = createReplyCache({ maxReplies, ttlMs: 1_000 }, clock);
  let calls = 0;
  const model: Model = {
    id: 'model',
    continuesPrefix: false,
    structured: false,
    tools: true,
    open: async function* () {
      calls += 1;
      yield* outputs;
    },
  };
  const read = async (input = ask, scope: readonly unknown[] = ['t'], attempt = 0, take = 99) => {
    const items: LlmOutput[] = [];
    for await (const item of withReplyCache(model, cache, scope).open(
      input,
      attempt,
      new AbortController().signal,
    )) {
      items.push(item);
      if (items.length === take) break;
    }
    return items;
  };
  return {
    clock,
    read,
    get calls() {
      return calls;
    },
  };
};

describe('a reply cache', () => {
  it('gives the same prompt the same reply at once and in one piece', async () => {
    const world = start();

    expect(await world.read()).toEqual(whole);
    expect(await world.read()).toEqual([text('Hello.'), finish('stop')]);
    expect(world.calls).toBe(1);
  });

  it('forgets a reply when its time is over, however often it was given', async () => {
    const world = start();
    await world.read();
    await world.clock.advance(999);
    await world.read();
    expect(world.calls).toBe(1);

    await world.clock.advance(1);
    await world.read();

    expect(world.calls).toBe(2);
  });

  it('makes room by the reply that was not used for longest', async () => {
    const world = start(whole, 2);
    const question = (content: string): LlmInput => ({ messages: [{ role: 'user', content }] });
    for (const content of ['a', 'b', 'a', 'c']) await world.read(question(content));
    expect(world.calls).toBe(3);

    await world.read(question('a'));
    expect(world.calls).toBe(3);
    await world.read(question('b'));
    expect(world.calls).toBe(4);
  });

  it('keeps nothing when it has no room', async () => {
    const world = start(whole, 0);

    await world.read();
    await world.read();

    expect(world.calls).toBe(2);
  });

  it.each<[what: string, other: Parameters<ReturnType<typeof start>['read']>]>([
    ['tenant, persona or controls', [ask, ['u']]],
    ['prompt', [{ messages: [{ role: 'user', content: 'Hi!' }] }]],
    ['format', [{ ...ask, responseFormat: { type: 'json_schema', name: 'x', schema: {} } }]],
  ])('tells apart by %s', async (_what, other) => {
    const world = start();
    await world.read();

    await world.read(...other);

    expect(world.calls).toBe(2);
  });

  it.each<[what: string, outputs: readonly LlmOutput[]]>([
    ['was cut', [text('Hel'), finish('length')]],
    ['was refused', [text('No.'), finish('refusal')]],
    ['did not finish', [text('Hel')]],
    ['is empty', [finish('stop')]],
  ])('keeps no reply that %s', async (_what, outputs) => {
    const world = start(outputs);

    await world.read();
    await world.read();

    expect(world.calls).toBe(2);
  });

  it.each<[what: string, ...Parameters<ReturnType<typeof start>['read']>]>([
    ['its reader left', ask, ['t'], 0, 2],
    ['another model failed before it', ask, ['t'], 1],
    ['tools were offered', { ...ask, tools: [{ name: 'x', description: '', parameters: {} }] }],
    ['a tool was used', { messages: [...ask.messages, { role: 'tool', toolCallId: '1', content: '' }] }],
  ])('keeps nothing when %s', async (_what, ...call) => {
    const world = start();

    await world.read(...call);
    await world.read(...call);

    expect(world.calls).toBe(2);
  });
});
