/** Bounds of the wait before another connection attempt. */
export interface BackoffPolicy {
  readonly firstMs: number;
  readonly longestMs: number;
}

export const reconnectBackoff: BackoffPolicy = { firstMs: 500, longestMs: 20_000 };

/**
 * Milliseconds to wait before the nth attempt in a row, counted from 0: anywhere between nothing and a bound that
 * doubles, so that clients of a server that went down do not come back all at once. `random` gives 0 up to 1.
 */
export const backoffDelayMs = (
  attempt: number,
  random: () => number,
  { firstMs, longestMs }: BackoffPolicy = reconnectBackoff,
): number => Math.floor(random() * Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 30)));
