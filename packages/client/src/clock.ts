/** Time and timers. XState's simulated clock fits, so that tests run on virtual time. */
export interface Clock {
  /** Milliseconds from an arbitrary start; never goes back. */
  now(): number;
  setTimeout(task: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The clock of the page. */
export const pageClock: Clock = {
  now: () => performance.now(),
  setTimeout: (task, delayMs) => setTimeout(task, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as number),
};
