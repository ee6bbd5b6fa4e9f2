import { describe, expect, it } from 'vitest';
import { loudness } from './pcm.ts';

describe('loudness', () => {
  it('is 0 for silence and nothing, and the root mean square of a sine', () => {
    const sine = Int16Array.from({ length: 24_000 }, (_, i) => 20_000 * Math.sin((2 * Math.PI * i) / 100));

    expect([loudness(new Int16Array(10)), loudness(new Int16Array(0))]).toEqual([0, 0]);
    expect(loudness(sine)).toBeCloseTo(20_000 / 32_768 / Math.SQRT2, 3);
  });
});
