import { type Clock, TthError } from '@tth/core/plugin';

interface Limit {
  readonly name: string;
  readonly remaining: number;
  readonly reset_seconds: number;
}

/** What the vendor says is left of our limits. They hold for all connections of an account. */
export interface RateLimits {
  note(limits: readonly Limit[]): void;
  /** Throws `provider.rate_limited` while one is used up. */
  check(): void;
}

export const createRateLimits = (clock: Clock): RateLimits => {
  const freeAtMs = new Map<string, number>();
  return {
    note: (limits) => {
      for (const { name, remaining, reset_seconds: seconds } of limits) {
        if (remaining > 0) freeAtMs.delete(name);
        else freeAtMs.set(name, clock.monotonicMs() + seconds * 1_000);
      }
    },
    check: () => {
      const retryAfterMs = Math.max(0, ...freeAtMs.values()) - clock.monotonicMs();
      if (freeAtMs.size === 0 || retryAfterMs <= 0) return;
      throw new TthError('provider.rate_limited', 'The provider has said that our limit is used up.', {
        retryAfterMs,
      });
    },
  };
};
