import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelayMs, reconnectBackoff } from './backoff.ts';

describe('backoff', () => {
  it('waits at most half a second first, twice as long each time, and never more than 20 seconds', () => {
    const longest = [0, 1, 2, 3, 4, 5, 6, 50, 5_000].map((attempt) =>
      backoffDelayMs(attempt, () => 0.999_999),
    );

    expect(longest).toEqual([499, 999, 1999, 3999, 7999, 15999, 19999, 19999, 19999]);
  });

  it('spreads attempts over the whole span, from nothing to the bound', () => {
    const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(100), randoms, (attempt, random) => {
        const delayMs = backoffDelayMs(attempt, () => random);

        const boundMs = Math.min(reconnectBackoff.longestMs, reconnectBackoff.firstMs * 2 ** attempt);
        expect(delayMs).toBe(Math.floor(random * boundMs));
      }),
    );
  });
});
