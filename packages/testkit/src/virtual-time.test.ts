import { pause } from '@tth/core';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from './virtual-time.ts';

describe('virtual clock', () => {
  it('runs what falls due in order of time, then of asking', async () => {
    const clock = createVirtualClock();
    const ran: string[] = [];
    clock.after(20, () => ran.push('late'));
    clock.after(10, () => ran.push('first'));
    clock.after(10, () => ran.push('second'));
    clock.after(30, () => ran.push('never'));

    await clock.advance(20);

    expect(ran).toEqual(['first', 'second', 'late']);
    expect([clock.monotonicMs(), clock.pendingTimers]).toEqual([20, 1]);
  });

  it('lets everything that follows from a timer happen before the next', async () => {
    const clock = createVirtualClock();
    const seen: number[] = [];
    async function* ticks(): AsyncGenerator<number, void> {
      for (;;) {
        await pause(clock, 10);
        yield clock.monotonicMs();
      }
    }
    void (async () => {
      for await (const at of ticks()) seen.push(at);
    })();

    await clock.advance(35);

    expect(seen).toEqual([10, 20, 30]);
  });

  it('forgets a timer that was cancelled, also one that was due at the same time', async () => {
    const clock = createVirtualClock();
    const ran: string[] = [];
    const cancel = clock.after(10, () => ran.push('cancelled'));
    clock.after(5, cancel);

    await clock.advance(100);
    cancel();

    expect(ran).toEqual([]);
  });

  it('runs until something holds, and says when it never will', async () => {
    const clock = createVirtualClock();
    let count = 0;
    const tick = (): void => {
      count += 1;
      clock.after(10, tick);
    };
    tick();

    await clock.runUntil(() => count === 5, 1_000);

    expect(clock.monotonicMs()).toBe(40);
    await expect(clock.runUntil(() => false, 100)).rejects.toThrow('within 100 ms');
    await expect(createVirtualClock().runUntil(() => false, 100)).rejects.toThrow('Nothing is left to run');
  });

  it('tells wall time and time since the start apart', async () => {
    const clock = createVirtualClock(1_000_000);

    await clock.advance(250);

    expect([clock.now(), clock.monotonicMs()]).toEqual([1_000_250, 250]);
  });
});
