import { createVirtualClock, type VirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from 'xstate';
import { type ErrorCode, TthError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/ids.ts';
import { type CircuitPolicy, defaultPolicies } from '../../domain/policies.ts';
import type { Clock } from '../../domain/time.ts';
import { createCircuit } from './circuit.ts';
import { throughLayers } from './layer.ts';

const policy: CircuitPolicy = { ...defaultPolicies.circuit, cooldownJitter: 0 };
const probeMs = 2_000;
const never = new AbortController().signal;

interface Given {
  readonly policy?: Partial<CircuitPolicy>;
  readonly snapshot?: Snapshot<unknown>;
  readonly virtual?: VirtualClock;
  /** Added to wall time. */
  readonly wall?: { jumpMs: number };
}

interface Told {
  readonly slow?: boolean;
  readonly signal?: AbortSignal;
  readonly retryAfterMs?: number;
}

const start = ({ virtual = createVirtualClock(), wall = { jumpMs: 0 }, snapshot, ...given }: Given = {}) => {
  const clock: Clock = {
    now: () => virtual.now() + wall.jumpMs,
    monotonicMs: () => virtual.monotonicMs(),
    after: (delayMs, task) => virtual.after(delayMs, task),
  };
  const changes: string[] = [];
  const circuit = createCircuit({
    key: 'tts:test',
    policy: { ...policy, ...given.policy },
    clock,
    random: seededRandom(1),
    probeMs,
    onChange: (from, { state }) => changes.push(`${from} > ${state}`),
    ...(snapshot && { snapshot }),
  });
  const asked = { calls: 0 };

  /** One call: an item, then its end. */
  const call = async (outcome: ErrorCode | Error | 'ok', told: Told = {}): Promise<string> => {
    const pace = { slow: told.slow ?? false };
    async function* provider(): AsyncGenerator<number, void> {
      asked.calls += 1;
      yield 1;
      if (outcome instanceof Error) throw outcome;
      if (outcome !== 'ok') {
        const { retryAfterMs } = told;
        throw new TthError(outcome, 'as told', retryAfterMs === undefined ? {} : { retryAfterMs });
      }
    }
    try {
      for await (const _ of throughLayers(provider, [circuit.layer(() => true, pace)], told.signal ?? never));
      return 'ok';
    } catch (error) {
      return error instanceof TthError ? error.code : 'other';
    }
  };
  const calls = async (count: number, outcome: ErrorCode | 'ok', told?: Told): Promise<void> => {
    for (let each = 0; each < count; each++) await call(outcome, told);
  };
  const trip = (): Promise<void> => calls(policy.failureThreshold, 'provider.timeout');
  return { clock: virtual, circuit, call, calls, trip, changes, asked };
};

/** A call that its test leads step by step. */
const lead = (circuit: ReturnType<typeof start>['circuit'], signal = never) => {
  async function* provider(): AsyncGenerator<number, void> {
    for (;;) yield 1;
  }
  return circuit.guard(provider, signal)[Symbol.asyncIterator]();
};

describe('circuit of a provider', () => {
  it('B1: opens on the tenth failure in its window, not before', async () => {
    const { circuit, calls } = start({ policy: { failureThreshold: 1_000 } });

    await calls(9, 'provider.timeout');
    expect(circuit.state).toBe('closed');
    await calls(1, 'provider.timeout');

    expect(circuit).toMatchObject({ state: 'open', reason: 'failure_rate' });
  });

  it('B2: opens at the fifth failure in a row, however few the calls', async () => {
    const { circuit, calls } = start();
    await calls(1, 'ok');

    await calls(4, 'provider.timeout');
    expect(circuit.state).toBe('closed');
    await calls(1, 'provider.timeout');

    expect(circuit).toMatchObject({ state: 'open', reason: 'failures_in_a_row' });
  });

  it.each([
    { failures: 49, state: 'closed' },
    { failures: 50, state: 'open' },
  ])('B3: is $state after $failures failures in 100 calls', async ({ failures, state }) => {
    const { circuit, calls } = start({ policy: { failureThreshold: 1_000 } });

    await calls(100 - failures, 'ok');
    await calls(failures, 'provider.timeout');

    expect(circuit.state).toBe(state);
  });

  it('B4: opens when most calls are slow, though all of them succeed', async () => {
    const { circuit, calls } = start();
    await calls(4, 'ok');
    await calls(5, 'ok', { slow: true });
    expect(circuit.state).toBe('closed');

    await calls(1, 'ok', { slow: true });

    expect(circuit).toMatchObject({ state: 'open', reason: 'slow_rate' });
  });

  it('B6: admits one of fifty calls at once while it is half open', async () => {
    const { clock, circuit, call, trip, asked } = start();
    await trip();
    await clock.advance(policy.cooldownMs);
    asked.calls = 0;

    const outcomes = await Promise.all(Array.from({ length: 50 }, () => call('ok')));

    expect(asked.calls).toBe(1);
    expect(outcomes.filter((outcome) => outcome === 'provider.unavailable')).toHaveLength(49);
    expect(circuit.state).toBe('halfOpen');
  });

  it('B7: opens for twice as long when a probe hangs', async () => {
    const { clock, circuit, trip } = start();
    await trip();
    await clock.advance(policy.cooldownMs);
    const hanging = circuit.guard(async function* () {
      await new Promise(() => {});
      yield 1;
    }, never);
    void hanging[Symbol.asyncIterator]().next();

    await clock.advance(probeMs - 1);
    expect(circuit.state).toBe('halfOpen');
    await clock.advance(1);

    expect(circuit.state).toBe('open');
    expect(circuit.opensInMs()).toBe(2 * policy.cooldownMs);
  });

  it('B8: gives a probe back uncounted when it is stopped before its first item', async () => {
    const { clock, circuit, trip } = start();
    await trip();
    await clock.advance(policy.cooldownMs);
    const abort = new AbortController();
    let end = (): void => {};
    async function* provider(): AsyncGenerator<number, void> {
      await new Promise<void>((resolve) => (end = resolve));
      if (!abort.signal.aborted) yield 1;
    }
    const probe = circuit.guard(provider, abort.signal)[Symbol.asyncIterator]();
    const first = probe.next();

    abort.abort();
    end();
    await first;

    expect(circuit.actor.getSnapshot()).toMatchObject({
      value: { halfOpen: 'waiting' },
      context: { goodProbes: 0 },
    });
  });

  it('B8: counts a probe as good when it is stopped after its first item', async () => {
    const { clock, circuit, trip } = start();
    await trip();
    await clock.advance(policy.cooldownMs);
    const probe = lead(circuit);

    await probe.next();
    await probe.return?.();

    expect(circuit.actor.getSnapshot()).toMatchObject({
      value: { halfOpen: 'waiting' },
      context: { goodProbes: 1 },
    });
  });

  it.each<{ how: string; open: () => AsyncIterable<number> }>([
    {
      how: 'throws at once',
      open: () => {
        throw new Error('at once');
      },
    },
    {
      how: 'rejects',
      open: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('rejects')) }) }),
    },
    {
      how: 'throws in the middle',
      open: async function* () {
        yield 1;
        throw new Error('in the middle');
      },
    },
  ])('B9: counts a provider that $how once', async ({ open }) => {
    const { circuit } = start();

    const reading = async (): Promise<void> => {
      for await (const _ of circuit.guard(open, never));
    };
    await expect(reading()).rejects.toThrow(/at once|rejects|in the middle/);

    expect([circuit.window.calls, circuit.window.failures]).toEqual([1, 1]);
  });

  it.each([{ jumpMs: 3_600_000 }, { jumpMs: -7_200_000 }])(
    'B10: opens and closes by the time that has passed when the wall clock jumps by $jumpMs',
    async ({ jumpMs }) => {
      const wall = { jumpMs: 0 };
      const { clock, circuit, trip } = start({ wall });
      await trip();
      await clock.advance(1_000);

      wall.jumpMs = jumpMs;

      expect(circuit.opensInMs()).toBe(policy.cooldownMs - 1_000);
      await clock.advance(policy.cooldownMs - 1_001);
      expect(circuit.state).toBe('open');
      await clock.advance(1);
      expect(circuit.state).toBe('halfOpen');
    },
  );

  it.each([
    { retryAfterMs: 3_000, restMs: 3_000 },
    { retryAfterMs: 7_200_000, restMs: policy.maxThrottleMs },
    { retryAfterMs: undefined, restMs: policy.throttleMs },
    { retryAfterMs: Number.NaN, restMs: policy.throttleMs },
    { retryAfterMs: -1, restMs: policy.throttleMs },
  ])(
    'B12: rests $restMs ms when a busy provider asks for $retryAfterMs',
    async ({ retryAfterMs, restMs }) => {
      const { clock, circuit, call } = start();

      await call('provider.rate_limited', retryAfterMs === undefined ? {} : { retryAfterMs });

      expect(circuit.state).toBe('throttled');
      expect(circuit.window.failures).toBe(0);
      await clock.advance(restMs - 1);
      expect(circuit.admits()).toBe(false);
      await clock.advance(1);
      expect(circuit.state).toBe('closed');
    },
  );

  it('B13: takes a provider out of service that refuses our credential, and says so once', async () => {
    const { clock, circuit, call, calls, changes, asked } = start();

    await call('provider.misconfigured');
    await calls(20, 'ok');

    expect(circuit).toMatchObject({ state: 'isolated', reason: 'misconfigured' });
    expect(changes).toEqual(['closed > isolated']);
    expect(asked.calls).toBe(1);
    await clock.advance(policy.isolationMs - 1);
    expect(circuit.admits()).toBe(false);
    await clock.advance(1);
    expect(circuit.state).toBe('halfOpen');
  });

  it('B15: restored after its time is half open at once, restored before it opens at the same instant', async () => {
    const { clock, circuit, trip } = start();
    await trip();
    const snapshot = circuit.actor.getPersistedSnapshot();
    circuit.stop();
    await clock.advance(2_000);

    const early = start({ virtual: clock, snapshot }).circuit;
    expect(early.opensInMs()).toBe(policy.cooldownMs - 2_000);
    await clock.advance(policy.cooldownMs - 2_001);
    expect(early.state).toBe('open');
    await clock.advance(1);
    expect(early.state).toBe('halfOpen');
    const late = start({ virtual: clock, snapshot }).circuit;
    await clock.advance(0);
    expect(late.state).toBe('halfOpen');
  });

  it('B16: lets no call of an earlier time decide about now', async () => {
    const { clock, circuit, trip } = start();
    const [ends, dies] = [lead(circuit), lead(circuit)];
    await ends.next();
    await dies.next();
    await trip();
    await clock.advance(policy.cooldownMs);

    await ends.return?.();
    await dies.throw?.(new Error('late'))?.catch(() => {});

    expect(circuit.actor.getSnapshot()).toMatchObject({
      value: { halfOpen: 'waiting' },
      context: { goodProbes: 0, openedTimes: 1 },
    });
  });

  it.each<{ outcome: ErrorCode | Error; counts: boolean }>([
    { outcome: 'provider.timeout', counts: true },
    { outcome: 'provider.protocol_error', counts: true },
    { outcome: 'plugin.error', counts: true },
    { outcome: new Error('unexpected'), counts: true },
    { outcome: 'provider.rejected', counts: false },
    { outcome: 'guard.output_blocked', counts: false },
  ])('counts $outcome as a failure of the provider: $counts', async ({ outcome, counts }) => {
    const { circuit, call } = start();

    for (let each = 0; each < 5; each++) await call(outcome);

    expect(circuit.admits()).toBe(!counts);
  });

  it('ends a row of failures at the first success', async () => {
    const { circuit, calls } = start();

    for (let each = 0; each < 2; each++) {
      await calls(4, 'provider.stalled');
      await calls(1, 'ok');
    }

    expect(circuit.state).toBe('closed');
  });

  it('counts a call once, as good from its first item on and as failed when it dies later', async () => {
    const { circuit } = start();
    let die = (): void => {};
    async function* provider(): AsyncGenerator<number, void> {
      yield 1;
      await new Promise((_, reject) => (die = () => reject(new Error('dead'))));
    }
    const call = circuit.guard(provider, never)[Symbol.asyncIterator]();

    await call.next();
    expect([circuit.window.calls, circuit.window.failures]).toEqual([1, 0]);
    const end = call.next();
    die();
    await expect(end).rejects.toThrow('dead');

    expect([circuit.window.calls, circuit.window.failures]).toEqual([1, 1]);
  });

  it('does not count a failure of what was aborted', async () => {
    const { circuit, calls } = start();

    await calls(5, 'provider.timeout', { signal: AbortSignal.abort() });

    expect(circuit.window.failures).toBe(0);
  });

  it('closes at the second good probe and begins to count anew', async () => {
    const { clock, circuit, calls, trip, changes } = start();
    await trip();
    await clock.advance(policy.cooldownMs);

    await calls(1, 'ok');
    expect(circuit.state).toBe('halfOpen');
    await calls(1, 'ok');

    expect(circuit.state).toBe('closed');
    expect(circuit.window.calls).toBe(0);
    expect(changes).toEqual(['closed > open', 'open > halfOpen', 'halfOpen > closed']);
  });

  it('doubles its cooldown with each probe that fails up to a limit, and starts over after a long calm', async () => {
    const { clock, circuit, calls, trip } = start();
    await trip();
    for (const cooldownMs of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
      expect(circuit.opensInMs()).toBe(cooldownMs);
      await clock.advance(cooldownMs);
      await calls(1, 'provider.timeout');
    }
    await clock.advance(60_000);
    await calls(2, 'ok');
    await clock.advance(policy.calmMs);

    await trip();

    expect(circuit.opensInMs()).toBe(5_000);
  });

  it('keeps a provider out that an operator isolated until it is released', async () => {
    const { clock, circuit, call } = start();
    circuit.isolate('maintenance');
    await clock.advance(3_600_000);
    expect([circuit.state, circuit.reason]).toEqual(['isolated', 'maintenance']);
    expect(circuit.opensInMs()).toBe(Number.POSITIVE_INFINITY);

    circuit.release();

    expect(await call('ok')).toBe('ok');
  });

  it('leaves no timer behind when it is stopped', async () => {
    const { clock, circuit, trip } = start();
    await trip();

    circuit.stop();
    await clock.settle();

    expect(clock.pendingTimers).toBe(0);
  });
});
