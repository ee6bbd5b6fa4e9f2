import type { Clock } from '../domain/time.ts';

/** Adds up the time during which something waits. Starting and stopping twice is the same as once. */
export interface Stopwatch {
  start(): void;
  stop(): void;
  totalMs(): number;
}

export const createStopwatch = (clock: Clock): Stopwatch => {
  let total = 0;
  let since: number | undefined;
  return {
    start: () => {
      since ??= clock.monotonicMs();
    },
    stop: () => {
      if (since !== undefined) total += clock.monotonicMs() - since;
      since = undefined;
    },
    totalMs: () => total + (since === undefined ? 0 : clock.monotonicMs() - since),
  };
};
