import { createVirtualClock } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../domain/time.ts';
import { type Worker, createScheduler } from './scheduler.ts';

const sliceMs = 5;

/** A scheduler whose workers write down what they do; each piece takes `costMs` of the clock's time. */
const start = (costMs: number) => {
  const timers = createVirtualClock();
  let spentMs = 0;
  const clock: Clock = { ...timers, monotonicMs: () => timers.monotonicMs() + spentMs };
  const scheduler = createScheduler(clock, sliceMs);
  const done: string[] = [];
  const worker = (name: string, pieces: number): Worker => {
    let left = pieces;
    return {
      step: () => {
        done.push(name);
        spentMs += costMs;
        left -= 1;
        return left > 0;
      },
    };
  };
  return { timers, scheduler, done, worker, idle: (ms: number) => (spentMs += ms) };
};

describe('scheduler', () => {
  it('does work at once while nobody waits', () => {
    const { scheduler, done, worker, timers } = start(0);

    scheduler.ready(worker('a', 3));

    expect(done).toEqual(['a', 'a', 'a']);
    expect(scheduler.waiting).toBe(0);
    expect(timers.pendingTimers).toBe(0);
  });

  it('lets the event loop have a turn when a slice of work is done, then goes on', async () => {
    const { scheduler, done, worker, timers } = start(2);

    scheduler.ready(worker('a', 5));
    const inTheFirstSlice = done.length;
    await timers.advance(1);

    expect(inTheFirstSlice).toBe(3);
    expect(done).toHaveLength(5);
    expect(timers.pendingTimers).toBe(0);
  });

  it('begins a new slice after the thread has been elsewhere', () => {
    const { scheduler, done, worker, idle } = start(2);
    scheduler.ready(worker('a', 2));

    idle(1);
    scheduler.ready(worker('b', 3));

    expect(done).toEqual(['a', 'a', 'b', 'b', 'b']);
  });

  it('gives everybody who waits a piece in turn, whoever has more to do', async () => {
    const { scheduler, done, worker, timers } = start(2);

    scheduler.ready(worker('busy', 100));
    scheduler.ready(worker('b', 2));
    scheduler.ready(worker('c', 1));
    await timers.advance(1);

    expect(done.slice(0, 6)).toEqual(['busy', 'busy', 'busy', 'busy', 'b', 'c']);
  });

  it('delays nobody by more than one piece of each of the others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 8 }),
        async (loads) => {
          const { scheduler, done, worker, timers } = start(sliceMs);
          scheduler.ready(worker('first', 1));
          for (const [name, load] of loads.entries()) scheduler.ready(worker(String(name), load));

          for (let each = 0; each < 200 && scheduler.waiting > 0; each++) await timers.advance(1);

          const steps = done.slice(1);
          for (const [name, load] of loads.entries()) {
            const places = steps.flatMap((each, at) => (each === String(name) ? [at] : []));
            expect(places).toHaveLength(load);
            for (const [nth, at] of places.entries()) {
              expect(at - (places[nth - 1] ?? -1)).toBeLessThanOrEqual(loads.length);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
