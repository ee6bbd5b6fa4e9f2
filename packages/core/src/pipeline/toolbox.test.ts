import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defaultPolicies } from '../domain/policies.ts';
import { silentLog } from '../plugin/services.ts';
import { type Tool, defineTool } from '../plugin/tools.ts';
import { createToolShelf, createToolbox } from './toolbox.ts';

const weather = defineTool({
  name: 'weather',
  description: 'The weather of a city.',
  parameters: z.object({ city: z.string().min(1), days: z.number().int().default(1) }),
  execute: ({ city, days }) => ({ city, days, sky: 'clear' }),
});
const tool = (name: string, execute: Tool['execute']): Tool =>
  defineTool({ name, description: 'as told', parameters: z.object({}), execute });

const open = (
  tools: readonly Tool[],
  policy: Partial<typeof defaultPolicies.tools> = {},
  budgetMs = 60_000,
) => {
  const clock = createVirtualClock();
  const abort = new AbortController();
  const toolbox = createToolbox({
    shelf: createToolShelf(tools),
    policy: { ...defaultPolicies.tools, ...policy },
    clock,
    log: silentLog,
    deadline: clock.now() + budgetMs,
  });
  const results: string[] = [];
  const run = async (...calls: readonly (readonly [name: string, args: string])[]): Promise<void> => {
    const messages = await toolbox.run(
      calls.map(([name, args], at) => ({ id: `c${at}`, name, arguments: args })),
      abort.signal,
    );
    expect(messages.map(({ role, toolCallId }) => `${role} ${toolCallId}`)).toEqual(
      calls.map((_, at) => `tool c${at}`),
    );
    results.push(...messages.map(({ content }) => content));
  };
  return { toolbox, clock, abort, results, run };
};

describe('a toolbox', () => {
  it('offers tools with their arguments as JSON schema', () => {
    const { toolbox } = open([weather]);

    expect(toolbox.offers).toMatchObject([
      {
        name: 'weather',
        description: 'The weather of a city.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    ]);
    expect(toolbox.offers[0]?.parameters).not.toHaveProperty('$schema');
  });

  it('runs the calls of a round at the same time and answers in their order', async () => {
    const order: string[] = [];
    const slow = tool('slow', async (_args, { clock }) => {
      order.push('slow begins');
      await new Promise<void>((resolve) => clock.after(100, resolve));
      return 'slow';
    });
    const quick = tool('quick', () => {
      order.push('quick');
      return 'quick';
    });
    const { clock, run, results } = open([slow, quick]);

    const done = run(['slow', '{}'], ['quick', '']);
    await clock.advance(100);
    await done;

    expect(order).toEqual(['slow begins', 'quick']);
    expect(results).toEqual(['slow', 'quick']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('fills in defaults and gives what is no text as JSON', async () => {
    const { run, results } = open([weather, tool('nothing', () => undefined)]);

    await run(['weather', '{"city":"Oslo"}'], ['nothing', '{}']);

    expect(results).toEqual(['{"city":"Oslo","days":1,"sky":"clear"}', 'null']);
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  it.each<[what: string, call: [string, string], error: RegExp]>([
    ['an unknown tool', ['sing', '{}'], /no tool of this name/],
    ['arguments that are no JSON', ['weather', '{"city":'], /not JSON/],
    ['arguments that do not fit', ['weather', '{"city":7}'], /do not fit.*city/],
    ['a tool that throws', ['throws', '{}'], /^\{"error":"The tool failed\."\}$/],
    ['a tool that rejects', ['rejects', '{}'], /The tool failed/],
    ['a result that has no JSON', ['circular', '{}'], /The tool failed/],
    ['a name of every object', ['constructor', '{}'], /no tool of this name/],
  ])('answers with an error: %s', async (_what, call, error) => {
    const tools = [
      weather,
      tool('throws', () => {
        throw new Error('secret detail');
      }),
      tool('rejects', () => Promise.reject(new Error('secret detail'))),
      tool('circular', () => circular),
    ];
    const { run, results } = open(tools);

    await run(call);

    expect(results[0]).toMatch(error);
    expect(results[0]).not.toMatch(/secret/);
  });

  it.each([
    { what: 'its own time', policy: { timeoutMs: 500 }, budgetMs: 60_000 },
    { what: 'the time of the turn', policy: {}, budgetMs: 500 },
  ])('gives up a tool after $what and tells it so', async ({ policy, budgetMs }) => {
    let given: { signal: AbortSignal; leftMs: number } | undefined;
    const hangs = tool('hangs', (_args, { signal, deadline, clock }) => {
      given = { signal, leftMs: deadline - clock.now() };
      return new Promise(() => {});
    });
    const { clock, run, results } = open([hangs], policy, budgetMs);

    const done = run(['hangs', '{}']);
    await clock.advance(499);
    expect(given?.signal.aborted).toBe(false);
    await clock.advance(1);
    await done;

    expect(given).toMatchObject({ leftMs: 500, signal: { aborted: true } });
    expect(results).toEqual(['{"error":"The tool took too long."}']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('lets tools go when the turn is stopped', async () => {
    let given: AbortSignal | undefined;
    const hangs = tool('hangs', (_args, { signal }) => {
      given = signal;
      return new Promise(() => {});
    });
    const { clock, abort, run } = open([hangs]);

    const done = run(['hangs', '{}']);
    await clock.settle();
    abort.abort();
    await done;

    expect(given?.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('runs so many calls of a round and cuts a long result', async () => {
    const { run, results } = open([tool('long', () => 'x'.repeat(50))], { maxCalls: 1, maxResultLength: 10 });

    await run(['long', '{}'], ['long', '{}']);

    expect(results[0]).toBe('x'.repeat(10));
    expect(results[1]).toMatch(/Too many/);
  });

  it.each([
    { what: 'a name that no model takes', tools: [tool('two words', () => 0)] },
    { what: 'a name twice', tools: [weather, weather] },
    {
      what: 'parameters that have no schema',
      tools: [defineTool({ ...weather, parameters: z.object({ at: z.date() }), execute: () => 0 })],
    },
  ])('refuses $what', ({ tools }) => {
    expect(() => createToolShelf(tools as readonly Tool[])).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });

  it('leaves out a tool of a plugin that it would refuse otherwise', () => {
    const left: unknown[] = [];

    const shelf = createToolShelf(
      [weather],
      [tool('two words', () => 0), weather, tool('fine', () => 0)],
      (error) => left.push(error),
    );

    expect(shelf.offers.map(({ name }) => name)).toEqual(['weather', 'fine']);
    expect(left).toMatchObject([{ code: 'config.invalid' }, { code: 'config.invalid' }]);
  });
});
