import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDriftEstimator, median } from './drift.ts';

const noises = fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 240, maxLength: 240 });

describe('drift estimator', () => {
  it('says nothing before it has seen three samples', () => {
    const estimator = createDriftEstimator();
    estimator.observe({ atMs: 0, skewMs: 50 });
    estimator.observe({ atMs: 250, skewMs: 50 });

    expect(estimator.estimate(250)).toBeUndefined();
  });

  it('finds level and slope of clocks that are apart, through jitter of 60 ms', () => {
    fc.assert(
      fc.property(
        noises,
        fc.integer({ min: -150, max: 150 }),
        fc.integer({ min: -20, max: 20 }),
        (noise, levelMs, msPerS) => {
          const estimator = createDriftEstimator();
          for (const [n, noiseMs] of noise.entries()) {
            estimator.observe({ atMs: n * 250, skewMs: levelMs + (msPerS * n) / 4 + noiseMs });
          }

          const found = estimator.estimate(239 * 250)!;

          expect(Math.abs(found.msPerS - msPerS)).toBeLessThanOrEqual(4);
          expect(Math.abs(found.skewMs - (levelMs + (msPerS * 239) / 4))).toBeLessThanOrEqual(125);
        },
      ),
    );
  });

  it('is not moved by single samples that are plainly wrong', () => {
    const estimator = createDriftEstimator();
    for (let n = 0; n < 80; n += 1) estimator.observe({ atMs: n * 250, skewMs: n % 9 === 0 ? 10_000 : 20 });

    const found = estimator.estimate(80 * 250)!;

    expect(found).toMatchObject({ skewMs: 20, msPerS: 0 });
  });

  it('takes a step for a step and not for a slope', () => {
    const estimator = createDriftEstimator();
    for (let n = 0; n < 60; n += 1) estimator.observe({ atMs: n * 250, skewMs: n < 40 ? 0 : 150 });

    expect(estimator.estimate(60 * 250)).toMatchObject({ skewMs: 150, msPerS: 0 });
  });

  it('forgets everything when it is reset', () => {
    const estimator = createDriftEstimator();
    for (let n = 0; n < 60; n += 1) estimator.observe({ atMs: n * 250, skewMs: 100 });

    estimator.reset();

    expect(estimator.estimate(15_000)).toBeUndefined();
  });

  it('takes the mean of the two middle ones for a median where there is none', () => {
    expect([median([3]), median([4, 1, 3]), median([4, 1, 3, 2])]).toEqual([3, 3, 2.5]);
  });
});
