/** The only source of time and timers in the engine. */
export interface Clock {
  /** Wall time in milliseconds since 1970. For stamps and for deadlines that outlive the process. */
  now(): number;
  /** Monotonic milliseconds from an arbitrary start. For durations and pacing. */
  monotonicMs(): number;
  /** Runs `task` once after `delayMs`. The returned function cancels it and may be called again. */
  after(delayMs: number, task: () => void): () => void;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when `signal` aborts. Never rejects: look at the signal. */
export const pause = (clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal?.addEventListener('abort', end, { once: true });
  });

/** Microseconds of media time to milliseconds. */
export const usToMs = (us: number): number => us / 1000;
