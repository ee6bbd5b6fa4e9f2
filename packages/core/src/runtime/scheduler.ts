import type { Clock } from '../domain/time.ts';

/** Somebody with work to do, a piece at a time. */
export interface Worker {
  /** Does one piece and returns whether there is more. Never throws. */
  step(): boolean;
}

/** Shares the thread among sessions. */
export interface Scheduler {
  /** `worker` has work: it is done at once where nobody waits and the slice has time left, else in its turn. */
  ready(worker: Worker): void;
  /** Workers that wait. */
  readonly waiting: number;
}

/** A pause of the work of this long begins a new slice: the event loop has been elsewhere. */
const gapMs = 1;

/**
 * Round robin: each worker does one piece, then the next has its turn, so that one with a thousand pieces delays the
 * others by one. After `sliceMs` of work without a gap the rest waits for the event loop to serve its sockets.
 */
export const createScheduler = (clock: Clock, sliceMs: number): Scheduler => {
  const queue = new Set<Worker>();
  let isRunning = false;
  let resumesLater = false;
  let sliceEndsMs = Number.NEGATIVE_INFINITY;
  let workedUntilMs = Number.NEGATIVE_INFINITY;

  /** Works until nothing is left or the slice is over; the first piece of a new slice is always done. */
  const run = (isNewSlice: boolean): void => {
    isRunning = true;
    if (isNewSlice) sliceEndsMs = clock.monotonicMs() + sliceMs;
    let mustWork = isNewSlice;
    for (const worker of queue) {
      if (!mustWork && clock.monotonicMs() >= sliceEndsMs) break;
      mustWork = false;
      queue.delete(worker);
      if (worker.step()) queue.add(worker);
    }
    workedUntilMs = clock.monotonicMs();
    isRunning = false;
    if (queue.size > 0) resumeLater();
  };

  const resumeLater = (): void => {
    resumesLater = true;
    clock.after(0, () => {
      resumesLater = false;
      run(true);
    });
  };

  return {
    get waiting() {
      return queue.size;
    },
    ready: (worker) => {
      queue.add(worker);
      if (!isRunning && !resumesLater) run(clock.monotonicMs() - workedUntilMs >= gapMs);
    },
  };
};
