import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { TthError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/ids.ts';
import { defaultPolicies } from '../../domain/policies.ts';
import { createRetryBudget, withRetry } from './retry.ts';

const policy = defaultPolicies.retry;
const busy = (retryAfterMs: number): TthError =>
  new TthError('provider.rate_limited', 'as told', { retryAfterMs });
const unavailable = new TthError('provider.unavailable', 'as told');

/** A call whose tries do as `script` says, one after the other: fail, or give this many items. */
const run = (
  script: readonly (Error | number | 'dies after an item')[],
  given: { inFlight?: number; readyInMs?: () => number; signal?: AbortSignal } = {},
) => {
  const { inFlight = 1, readyInMs = () => 0, signal = new AbortController().signal } = given;
  const clock = createVirtualClock();
  const budget = createRetryBudget(policy, () => inFlight);
  const startedMs: number[] = [];
  async function* open(): AsyncGenerator<number, void> {
    const told = script[startedMs.length];
    startedMs.push(clock.monotonicMs());
    if (told instanceof Error) throw told;
    for (let item = 0; item < (typeof told === 'number' ? told : 1); item++) yield item;
    if (typeof told === 'string') throw unavailable;
  }
  const items: number[] = [];
  const end = { code: '' };
  const call = withRetry(open, { policy, budget, clock, random: seededRandom(7), readyInMs }, signal);
  const done = (async () => {
    try {
      for await (const item of call) items.push(item);
      end.code = 'ended';
    } catch (error) {
      end.code = error instanceof TthError ? error.code : 'other';
    }
  })();
  return { clock, budget, startedMs, items, end, done };
};

describe('retry of a call', () => {
  it('tries once more after 50 to 200 ms when nothing came', async () => {
    const { clock, startedMs, items, end } = run([unavailable, 3]);

    await clock.advance(49);
    expect(startedMs).toHaveLength(1);
    await clock.advance(151);

    expect(startedMs).toHaveLength(2);
    expect(items).toEqual([0, 1, 2]);
    expect(end.code).toBe('ended');
  });

  it('does not try a third time', async () => {
    const { clock, startedMs, end, budget } = run([unavailable, unavailable, 3]);

    await clock.advance(10_000);

    expect(startedMs).toHaveLength(2);
    expect(end.code).toBe('provider.unavailable');
    expect(budget.retries).toBe(0);
  });

  it('does not repeat what has begun', async () => {
    const { clock, startedMs, items, end } = run(['dies after an item', 3]);

    await clock.advance(10_000);

    expect(startedMs).toHaveLength(1);
    expect(items).toEqual([0]);
    expect(end.code).toBe('provider.unavailable');
  });

  it('does not try again what would fail again', async () => {
    const { clock, startedMs, end } = run([new TthError('provider.rejected', 'as told'), 3]);

    await clock.advance(10_000);

    expect(startedMs).toHaveLength(1);
    expect(end.code).toBe('provider.rejected');
  });

  it('waits as long as a busy provider asks for', async () => {
    const { clock, startedMs, end } = run([busy(900), 1]);

    await clock.advance(949);
    expect(startedMs).toHaveLength(1);
    await clock.advance(151);

    expect(startedMs).toHaveLength(2);
    expect(end.code).toBe('ended');
  });

  it.each<{ what: string; error: TthError; readyInMs?: () => number }>([
    { what: 'asks for more patience than there is', error: busy(policy.maxPatienceMs + 1) },
    { what: 'must not be asked again', error: unavailable, readyInMs: () => Number.POSITIVE_INFINITY },
  ])('gives up at once when the provider $what', async ({ error, readyInMs }) => {
    const { clock, startedMs, end } = run([error, 1], readyInMs === undefined ? {} : { readyInMs });

    await clock.settle();

    expect(startedMs).toHaveLength(1);
    expect(end.code).toBe(error.code);
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up after the wait when the provider was closed in the meantime', async () => {
    let isOpen = true;
    const { clock, startedMs, end } = run([unavailable, 1], { readyInMs: () => (isOpen ? 0 : 5_000) });
    await clock.settle();

    isOpen = false;
    await clock.advance(200);

    expect(startedMs).toHaveLength(1);
    expect(end.code).toBe('provider.unavailable');
  });

  it('ends quietly when the call is aborted during the wait', async () => {
    const abort = new AbortController();
    const { clock, startedMs, end, budget } = run([unavailable, 1], { signal: abort.signal });
    await clock.advance(10);

    abort.abort();
    await clock.settle();

    expect(startedMs).toHaveLength(1);
    expect(end.code).toBe('ended');
    expect([budget.retries, clock.pendingTimers]).toEqual([0, 0]);
  });

  it.each([
    { inFlight: 1, retries: 3 },
    { inFlight: 15, retries: 3 },
    { inFlight: 100, retries: 20 },
  ])('lets $retries of $inFlight calls try again at one time', ({ inFlight, retries }) => {
    const budget = createRetryBudget(policy, () => inFlight);

    const taken = Array.from({ length: 50 }, () => budget.take()).filter(Boolean);

    expect(taken).toHaveLength(retries);
    budget.release();
    expect(budget.take()).toBe(true);
  });
});
