import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, TthError } from '../domain/errors.ts';
import { seededRandom, type SessionId, type TurnId } from '../domain/ids.ts';
import { type Policies, defaultPolicies } from '../domain/policies.ts';
import { pause } from '../domain/time.ts';
import type { Health, InferContext, LlmAdapter } from '../plugin/adapter.ts';
import { type Log, silentLog } from '../plugin/services.ts';
import { type RouteEntry, createRegistry } from './registry.ts';
import type { Need } from './choose.ts';
import { createRouter } from './router.ts';

type Told = ErrorCode | 'ok' | 'hangs';

/** A model that does as `told` says, which a test may change. */
const model = (id: string, told: Told = 'ok', maxCallsInFlight?: number) => {
  const state = {
    told,
    retryAfterMs: undefined as number | undefined,
    firstItemMs: 0,
    calls: 0,
    checks: 0,
    open: 0,
  };
  const adapter: LlmAdapter = {
    id,
    capabilities: () => ({
      stage: 'llm',
      structured: false,
      tools: false,
      continuePrefix: false,
      ...(maxCallsInFlight !== undefined && { maxCallsInFlight }),
    }),
    async *inferStream(_input, _control, { clock }) {
      state.calls += 1;
      if (state.firstItemMs > 0) await pause(clock, state.firstItemMs);
      const { told: now, retryAfterMs } = state;
      if (now === 'hangs') await new Promise(() => {});
      if (now !== 'ok') {
        throw new TthError(now as ErrorCode, 'as told', retryAfterMs === undefined ? {} : { retryAfterMs });
      }
      yield { type: 'text_delta', text: 'Hello' };
    },
    inferBatch: () => Promise.resolve([]),
    health: async (): Promise<Health> => {
      state.checks += 1;
      return { status: 'down', detail: 'as told' };
    },
    close: () => Promise.resolve(),
  };
  return { adapter, state };
};

const start = (
  models: readonly ReturnType<typeof model>[],
  given: Partial<Policies> = {},
  llm?: readonly RouteEntry[],
) => {
  const clock = createVirtualClock();
  const lines: { level: 'warn' | 'error'; provider: unknown; to: unknown }[] = [];
  const note =
    (level: 'warn' | 'error'): Log['warn'] =>
    (fields) =>
      lines.push({ level, ...(fields as { provider: unknown; to: unknown }) });
  const log: Log = { ...silentLog, warn: note('warn'), error: note('error') };
  const policies: Policies = {
    ...defaultPolicies,
    retry: { ...defaultPolicies.retry, budgetShare: 0, budgetMin: 0 },
    circuit: { ...defaultPolicies.circuit, cooldownJitter: 0 },
    ...given,
  };
  const registry = createRegistry(
    models.map(({ adapter }) => adapter),
    { llm },
  );
  const router = createRouter(registry, policies, clock, { random: seededRandom(1), log });
  const context: Omit<InferContext, 'signal'> = {
    deadline: clock.now() + 60_000,
    sessionId: 's_1' as SessionId,
    turnId: 't_1' as TurnId,
    epoch: 0,
    attempt: 0,
    locale: 'en',
    clock,
    log: silentLog,
    usage: () => {},
  };
  /** Asks the stage once and tells who answered, or why nobody did. */
  const ask = async (
    signal = new AbortController().signal,
    need: Need<LlmAdapter> = {},
    leftMs = 60_000,
  ): Promise<string> => {
    try {
      const { adapter, call } = router.route('llm', need);
      const told = { ...context, deadline: clock.now() + leftMs };
      for await (const _ of call({ messages: [] }, { language: 'en' }, told, signal));
      return adapter.id;
    } catch (error) {
      return error instanceof TthError ? error.code : String(error);
    }
  };
  const asks = async (count: number): Promise<void> => {
    for (let each = 0; each < count; each++) await ask();
  };
  return { clock, router, ask, asks, lines };
};

const { cooldownMs, isolationMs } = defaultPolicies.circuit;

describe('router', () => {
  it('asks providers in order and passes one over while it rests', async () => {
    const [first, second] = [model('first', 'provider.timeout'), model('second')];
    const { ask, asks } = start([first, second]);
    await asks(5);

    expect(await ask()).toBe('second');

    expect([first.state.calls, second.state.calls]).toEqual([5, 1]);
  });

  it('B6: sends one of fifty calls at once to a provider on probation, the rest to the next', async () => {
    const [first, second] = [model('first', 'provider.timeout'), model('second')];
    const { clock, ask, asks } = start([first, second]);
    await asks(5);
    await clock.advance(cooldownMs);
    first.state.told = 'hangs';
    void ask();

    const answers = await Promise.all(Array.from({ length: 49 }, () => ask()));

    expect(new Set(answers)).toEqual(new Set(['second']));
    expect([first.state.calls, second.state.calls]).toEqual([6, 49]);
  });

  it('B11: with everybody resting lets one call per second through and tells the rest how long to wait', async () => {
    const [first, second] = [model('first', 'provider.timeout'), model('second', 'provider.timeout')];
    const { clock, router, ask, asks } = start([first, second]);
    await asks(5);
    await clock.advance(100);
    await asks(5);
    const made = (): number => first.state.calls + second.state.calls;
    expect(made()).toBe(10);

    expect(() => router.route('llm')).toThrow(
      expect.objectContaining({ code: 'provider.none_available', retryAfterMs: 1_000 }),
    );
    await clock.advance(1_000);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));

    expect(made()).toBe(11);
    expect(first.state.calls).toBe(6);
    expect(answers.filter((code) => code === 'provider.none_available')).toHaveLength(9);
    expect(() => router.route('llm')).toThrow(expect.objectContaining({ retryAfterMs: 1_000 }));
  });

  it('never takes a provider as last resort that is out of service or asked for its rest', async () => {
    const [out, busy] = [model('out', 'provider.misconfigured'), model('busy', 'provider.rate_limited')];
    busy.state.retryAfterMs = 30_000;
    const { clock, router, ask } = start([out, busy]);
    await ask();
    await ask();

    await clock.advance(10_000);

    expect(() => router.route('llm')).toThrow(expect.objectContaining({ retryAfterMs: 20_000 }));
    expect([out.state.calls, busy.state.calls]).toEqual([1, 1]);
  });

  it('B13: raises one alert for a provider that refuses our credential and asks it no more', async () => {
    const [first, second] = [model('first', 'provider.misconfigured'), model('second')];
    const { clock, ask, asks, lines } = start([first, second]);

    expect(await ask()).toBe('provider.misconfigured');
    await asks(20);

    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([
      { provider: 'llm:first', to: 'isolated' },
    ]);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'warn', provider: 'llm:first', code: 'provider.misconfigured' }),
    );
    expect(first.state.calls).toBe(1);
    first.state.told = 'ok';
    await clock.advance(isolationMs);
    expect(await ask()).toBe('first');
  });

  it('sends a call elsewhere when a provider has as many as it takes', async () => {
    const [first, second] = [model('first', 'hangs', 1), model('second')];
    const { ask } = start([first, second]);

    void ask();

    expect(await ask()).toBe('second');
    expect(first.state.calls).toBe(1);
  });

  it('B16: counts a late call in what is observed, though it decides nothing', async () => {
    const only = model('only', 'hangs');
    const { clock, router, ask, asks } = start([only]);
    const abort = new AbortController();
    const late = ask(abort.signal);
    only.state.told = 'provider.timeout';
    await asks(5);

    abort.abort();
    await late;
    await clock.settle();

    expect(router.health()).toMatchObject([
      { provider: 'only', state: 'open', counts: { calls: 6, failed: 5, stopped: 1, inFlight: 0 } },
    ]);
  });
});

describe('what a call needs', () => {
  const never = new AbortController().signal;

  it('decides who may serve it: by what a provider can, and by the tags of its route', async () => {
    const { ask } = start([model('cloud'), model('near'), model('nearer')], {}, [
      'cloud',
      { id: 'near', tags: ['local'] },
      { id: 'nearer', tags: ['local', 'gpu'] },
    ]);

    expect(await ask(never, { tags: ['local'] })).toBe('near');
    expect(await ask(never, { tags: ['gpu', 'local'] })).toBe('nearer');
    expect(await ask(never, { suits: ({ id }) => id !== 'cloud' })).toBe('near');
  });

  it('is refused in words of its own where nobody has it, in service or not', () => {
    const { router } = start([model('cloud')]);

    expect(() => router.route('llm', { tags: ['local'] })).toThrow(
      expect.objectContaining({
        code: 'provider.none_available',
        retryAfterMs: undefined,
        details: { stage: 'llm', installed: ['cloud'], tags: ['local'] },
      }),
    );
  });

  it('takes a provider that it does not prefer only while no other may be called', async () => {
    const [first, second] = [model('first'), model('second', 'provider.misconfigured')];
    const { ask } = start([first, second]);
    const need: Need<LlmAdapter> = { prefers: ({ id }) => id === 'second' };

    expect(await ask(never, need)).toBe('provider.misconfigured');
    expect(await ask(never, need)).toBe('first');
  });

  it('passes over a provider that usually takes longer than there is time', async () => {
    const [slow, quick] = [model('slow'), model('quick')];
    slow.state.firstItemMs = 800;
    const { clock, ask } = start([slow, quick]);
    const first = ask();
    await clock.advance(800);
    expect(await first).toBe('slow');

    const hurried = ask(never, { withinMs: 500 });
    const patient = ask(never, { withinMs: 5_000 });
    await clock.advance(800);

    expect(await hurried).toBe('quick');
    expect(await patient).toBe('slow');
  });

  it('keeps a conversation with one of two equals, and shares conversations between them', async () => {
    const { ask } = start([model('a'), model('b')], {}, [
      { id: 'a', priority: 1 },
      { id: 'b', priority: 1 },
    ]);
    const conversations = Array.from({ length: 40 }, (_, number) => `s_${number}`);

    const meet = () => Promise.all(conversations.map((conversation) => ask(never, { conversation })));
    const met = await meet();

    expect(await meet()).toEqual(met);
    expect(new Set(met)).toEqual(new Set(['a', 'b']));
  });

  it('does not hold against a provider that the turn had too little time left for it', async () => {
    const only = model('only', 'hangs');
    const { clock, ask, router } = start([only]);
    const answers = Array.from({ length: 6 }, () => ask(never, {}, 1_000));

    await clock.advance(500);

    expect(await Promise.all(answers)).toEqual(Array(6).fill('turn.budget'));
    expect(router.health()).toMatchObject([{ state: 'closed', counts: { failed: 6 } }]);
  });
});

describe('router with second tries', () => {
  const { retry } = defaultPolicies;

  it('asks a provider again that nobody could stand in for', async () => {
    const only = model('only', 'provider.unavailable');
    const { clock, ask } = start([only], { retry });
    const answer = ask();
    await clock.settle();

    only.state.told = 'ok';
    await clock.advance(retry.maxDelayMs);

    expect(await answer).toBe('only');
    expect(only.state.calls).toBe(2);
  });

  it('leaves a call to the next provider at once where there is one', async () => {
    const [first, second] = [model('first', 'provider.unavailable'), model('second')];
    const { ask } = start([first, second], { retry });

    expect(await ask()).toBe('provider.unavailable');

    expect(first.state.calls).toBe(1);
  });

  it('waits for a busy provider that asks for little', async () => {
    const only = model('only', 'provider.rate_limited');
    only.state.retryAfterMs = 500;
    const { clock, ask } = start([only], { retry });
    const answer = ask();
    await clock.settle();
    only.state.told = 'ok';

    await clock.advance(500 + retry.maxDelayMs);

    expect(await answer).toBe('only');
  });
});

describe('health of providers', () => {
  it('is known from calls: how they ended and how long they took', async () => {
    const { router, ask } = start([model('only')]);

    await ask();

    expect(router.health()).toMatchObject([
      {
        stage: 'llm',
        provider: 'only',
        state: 'closed',
        counts: { ended: 1, last: 'ended', firstItemMs: 0 },
        checked: undefined,
      },
    ]);
  });

  it('is asked for while a circuit is open, and no longer', async () => {
    const only = model('only', 'provider.timeout');
    const healthCheckMs = 2_000;
    const { clock, router, asks } = start([only], {
      circuit: { ...defaultPolicies.circuit, cooldownJitter: 0, healthCheckMs },
    });
    await asks(1);
    expect(only.state.checks).toBe(0);
    await asks(4);

    await clock.advance(cooldownMs);
    await clock.advance(60_000);

    expect(only.state.checks).toBe(3);
    expect(router.health()).toMatchObject([
      { state: 'halfOpen', reason: 'failures_in_a_row', checked: { health: { status: 'down' } } },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('counts as down when nobody answers in time', async () => {
    const only = model('only', 'provider.timeout');
    only.adapter.health = () => new Promise(() => {});
    const { clock, router, asks } = start([only]);
    await asks(5);

    await clock.advance(defaultPolicies.circuit.healthCheckMs);

    expect(router.health()[0]?.checked?.health.status).toBe('down');
  });

  it('is asked for no more once the router is closed', async () => {
    const only = model('only', 'provider.timeout');
    const { clock, router, asks } = start([only]);
    await asks(5);

    void router.close();
    await clock.settle();

    expect(clock.pendingTimers).toBe(0);
  });
});
