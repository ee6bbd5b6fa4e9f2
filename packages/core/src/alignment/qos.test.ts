import { describe, expect, it } from 'vitest';
import { createQosMonitor } from './qos.ts';
import { toleranceClass } from './tolerance.ts';

describe('tolerance', () => {
  it.each([
    { skewMs: 0, tolerance: 1 },
    { skewMs: 60, tolerance: 1 },
    { skewMs: -40, tolerance: 1 },
    { skewMs: 61, tolerance: 2 },
    { skewMs: -45, tolerance: 2 },
    { skewMs: 125, tolerance: 2 },
    { skewMs: 126, tolerance: 3 },
    { skewMs: -90, tolerance: 3 },
    { skewMs: 185, tolerance: 3 },
    { skewMs: -91, tolerance: 4 },
    { skewMs: 186, tolerance: 4 },
  ])('of a picture that is $skewMs ms ahead is of class $tolerance', ({ skewMs, tolerance }) => {
    expect(toleranceClass(skewMs)).toBe(tolerance);
  });
});

describe('quality of a turn', () => {
  it('has nothing to say of a turn that nothing was measured of', () => {
    expect(createQosMonitor().values()).toEqual({});
  });

  it('says how far apart picture and sound were, and how often one could notice', () => {
    const qos = createQosMonitor();
    for (let n = 0; n < 98; n += 1) qos.skew(n % 2 === 0 ? 10 : -10);
    qos.skew(-50);
    qos.skew(100_000);

    expect(qos.values()).toEqual({ skewP50Ms: 10, skewP95Ms: 10, skewP99Ms: 50, skewNotableShare: 0.02 });
  });

  it('counts, and keeps the longest gap', () => {
    const qos = createQosMonitor();
    qos.count('picturesDropped');
    qos.count('picturesDropped', 2);
    qos.count('underruns', 0);
    qos.gap(80);
    qos.gap(40);

    expect(qos.values()).toEqual({ picturesDropped: 3, longestGapMs: 80 });
  });
});
