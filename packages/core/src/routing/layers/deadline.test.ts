import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { pause } from '../../domain/time.ts';
import { withDeadline } from './deadline.ts';

const budget = { firstItemMs: 1_000, idleMs: 400, isShort: false };
const never = new AbortController().signal;

/** Gives an item after each of these waits, in milliseconds; `Infinity` never ends, whatever happens. */
const run = (
  waits: readonly number[],
  given: { signal?: AbortSignal; owes?: () => boolean; eachMs?: number } = {},
) => {
  const { signal = never, owes, eachMs = 0 } = given;
  const clock = createVirtualClock();
  const seen: number[] = [];
  const end = { code: '', returned: false };
  async function* provider(abort: AbortSignal): AsyncGenerator<number, void> {
    try {
      for (const [at, waitMs] of waits.entries()) {
        if (waitMs === Number.POSITIVE_INFINITY) await new Promise(() => {});
        await pause(clock, waitMs, abort);
        if (abort.aborted) return;
        yield at;
      }
    } finally {
      end.returned = true;
    }
  }
  const done = (async () => {
    try {
      for await (const item of withDeadline(provider, budget, clock, signal, owes)) {
        seen.push(item);
        if (eachMs > 0) await pause(clock, eachMs);
      }
      end.code = 'ended';
    } catch (error) {
      end.code = (error as { code: string }).code;
    }
  })();
  return { clock, seen, end, done };
};

describe('deadline of a call', () => {
  it('lets items through that come in time', async () => {
    const { clock, seen, end } = run([1_000, 400, 400]);

    await clock.advance(2_000);

    expect(seen).toEqual([0, 1, 2]);
    expect(end).toEqual({ code: 'ended', returned: true });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    { what: 'the first item is late', waits: [1_001], code: 'provider.timeout', seen: [] },
    { what: 'a further item is late', waits: [10, 401], code: 'provider.stalled', seen: [0] },
    { what: 'nothing ever comes', waits: [Number.POSITIVE_INFINITY], code: 'provider.timeout', seen: [] },
  ])('ends the call when $what', async ({ waits, code, seen: expected }) => {
    const { clock, seen, end } = run(waits);

    await clock.advance(2_000);

    expect(end.code).toBe(code);
    expect(seen).toEqual(expected);
    expect(clock.pendingTimers).toBe(0);
  });

  it('costs a slow reader nothing', async () => {
    const { clock, seen, end } = run([1, 1, 1], { eachMs: 10_000 });

    await clock.advance(60_000);

    expect(seen).toHaveLength(3);
    expect(end.code).toBe('ended');
  });

  it('does not run while the provider owes nothing', async () => {
    let owes = false;
    const { clock, end } = run([Number.POSITIVE_INFINITY], { owes: () => owes });
    await clock.advance(50_000);
    expect(end.code).toBe('');

    owes = true;
    await clock.advance(budget.firstItemMs + budget.firstItemMs / 4);

    expect(end.code).toBe('provider.timeout');
  });

  it.each([
    { what: 'listens', waits: [10, 10_000] },
    { what: 'does not listen', waits: [10, Number.POSITIVE_INFINITY] },
  ])('ends at once when the call is aborted and the provider $what', async ({ waits }) => {
    const abort = new AbortController();
    const { clock, end } = run(waits, { signal: abort.signal });
    await clock.advance(100);

    abort.abort();
    await clock.settle();

    expect(end.code).toBe('ended');
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends an aborted call also when the abort came while its reader was busy', async () => {
    const abort = new AbortController();
    const { clock, seen, end } = run([10, Number.POSITIVE_INFINITY], { signal: abort.signal, eachMs: 100 });
    await clock.advance(50);
    abort.abort();

    await clock.advance(60);

    expect(seen).toEqual([0]);
    expect(end.code).toBe('ended');
  });

  it('never calls a provider for a call that is aborted already', async () => {
    const { clock, end } = run([1], { signal: AbortSignal.abort() });

    await clock.settle();

    expect(end).toEqual({ code: 'ended', returned: false });
  });
});

describe('pace of a call', () => {
  it.each([
    { what: 'every item comes quickly', waits: [499, 199, 199], slow: false },
    { what: 'the first item takes half of what it may', waits: [501, 10], slow: true },
    { what: 'a later item takes half of what it may', waits: [10, 201], slow: true },
  ])('is slow: $slow when $what', async ({ waits, slow }) => {
    const clock = createVirtualClock();
    const pace = { slow: false };
    async function* provider(): AsyncGenerator<number, void> {
      for (const waitMs of waits) {
        await pause(clock, waitMs);
        yield waitMs;
      }
    }
    const call = withDeadline(provider, budget, clock, never, undefined, { pace, slowShare: 0.5 });
    const reading = (async () => {
      for await (const _ of call);
    })();

    await clock.advance(2_000);
    await reading;

    expect(pace.slow).toBe(slow);
  });
});

describe('a stream that is complete', () => {
  const closing = { isLast: (item: string): boolean => item === 'finish', graceMs: 300 };
  const read = (script: readonly (string | number)[]) => {
    const clock = createVirtualClock();
    const seen: string[] = [];
    const end = { how: '', atMs: -1 };
    const pace = { slow: false };
    async function* provider(): AsyncGenerator<string, void> {
      for (const step of script) {
        if (typeof step === 'string') yield step;
        else if (step === Number.POSITIVE_INFINITY) await new Promise(() => {});
        else await pause(clock, step);
      }
    }
    const watch = { pace, slowShare: 0.5 };
    const call = withDeadline(provider, budget, clock, never, undefined, watch, closing);
    void (async () => {
      try {
        for await (const item of call) seen.push(item);
        end.how = 'ended';
      } catch (error) {
        end.how = (error as { code: string }).code;
      }
      end.atMs = clock.monotonicMs();
    })();
    return { clock, seen, end, pace };
  };

  it('ends well after a short time when it is kept open', async () => {
    const { clock, seen, end, pace } = read(['text', 'finish', Number.POSITIVE_INFINITY]);

    await clock.advance(10_000);

    expect(seen).toEqual(['text', 'finish']);
    expect(end).toEqual({ how: 'ended', atMs: closing.graceMs });
    expect(pace.slow).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  it('still gives what follows soon, and no longer than that', async () => {
    const { clock, seen, end } = read(['finish', 200, 'usage', 200, 'more', 200, 'too late']);

    await clock.advance(10_000);

    expect(seen).toEqual(['finish', 'usage']);
    expect(end).toEqual({ how: 'ended', atMs: closing.graceMs });
  });

  it('ends by itself where its provider ends it', async () => {
    const { clock, seen, end } = read(['finish', 100, 'usage']);

    await clock.advance(10_000);

    expect(seen).toEqual(['finish', 'usage']);
    expect(end).toEqual({ how: 'ended', atMs: 100 });
  });

  it('is late in the middle as ever', async () => {
    const { clock, end } = read(['text', Number.POSITIVE_INFINITY]);

    await clock.advance(10_000);

    expect(end.how).toBe('provider.stalled');
  });
});
