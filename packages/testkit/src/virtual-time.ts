import type { Clock } from '@tth/core';

/** A clock that stands still until a test moves it. Machines, pipelines and generators all run on it. */
export interface VirtualClock extends Clock {
  /** Timers that have not run. */
  readonly pendingTimers: number;
  /** Lets everything run that waits for nothing but its turn. */
  settle(): Promise<void>;
  /** Moves time on by `ms`, running what falls due on the way in order, each with all that follows from it. */
  advance(ms: number): Promise<void>;
  /** Moves from timer to timer until `isDone`; throws when that takes more than `maxMs` or nothing is left to run. */
  runUntil(isDone: () => boolean, maxMs: number): Promise<void>;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

/** One turn of the event loop ends only after every promise that can settle has done so. */
const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** `startAt`: wall time of the first moment, in milliseconds since 1970. Monotonic time begins at 0. */
export const createVirtualClock = (startAt = Date.UTC(2026, 0, 1)): VirtualClock => {
  const timers = new Set<Timer>();
  let nowMs = 0;
  let order = 0;

  const next = (): Timer | undefined => {
    let earliest: Timer | undefined;
    for (const timer of timers) {
      const isEarlier =
        earliest === undefined ||
        timer.dueMs < earliest.dueMs ||
        (timer.dueMs === earliest.dueMs && timer.order < earliest.order);
      if (isEarlier) earliest = timer;
    }
    return earliest;
  };

  const run = async (timer: Timer): Promise<void> => {
    timers.delete(timer);
    nowMs = Math.max(nowMs, timer.dueMs);
    timer.task();
    await turnOfTheLoop();
  };

  const advance = async (ms: number): Promise<void> => {
    const endMs = nowMs + ms;
    await turnOfTheLoop();
    for (let timer = next(); timer !== undefined && timer.dueMs <= endMs; timer = next()) await run(timer);
    nowMs = endMs;
  };

  return {
    now: () => startAt + nowMs,
    monotonicMs: () => nowMs,
    after: (delayMs, task) => {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), order: order++, task };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    get pendingTimers() {
      return timers.size;
    },
    settle: turnOfTheLoop,
    advance,
    runUntil: async (isDone, maxMs) => {
      const endMs = nowMs + maxMs;
      await turnOfTheLoop();
      while (!isDone()) {
        const timer = next();
        if (timer === undefined) throw new Error('Nothing is left to run, and the condition does not hold.');
        if (timer.dueMs > endMs) throw new Error(`The condition did not come to hold within ${maxMs} ms.`);
        await run(timer);
      }
    },
  };
};
