import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricsBuffer } from './metrics-buffer.ts';

describe('metrics buffer', () => {
  it('keeps the first value of a mark', () => {
    const buffer = new MetricsBuffer();

    buffer.mark('firstAudioMs', 12);
    buffer.mark('firstAudioMs', 90);

    expect(buffer.has('firstAudioMs')).toBe(true);
    expect(buffer.values()).toEqual({ firstAudioMs: 12 });
  });

  it('adds up a mark that is made of parts', () => {
    const buffer = new MetricsBuffer();

    buffer.add('guardMs', 2);
    buffer.add('guardMs', 3);

    expect(buffer.values()).toEqual({ guardMs: 5 });
  });

  it('tells median, 99th percentile and maximum of a series', () => {
    const buffer = new MetricsBuffer();

    for (let value = 1; value <= 200; value++) buffer.sample('skewMs', value);

    expect(buffer.values()).toEqual({ skewMsP50: 101, skewMsP99: 199, skewMsMax: 200 });
  });

  it('samples a long series more thinly, and stays close to what it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 600, max: 30_000 }), (length) => {
        const buffer = new MetricsBuffer();

        for (let value = 0; value < length; value++) buffer.sample('load', value);

        const { loadP50 = 0, loadP99 = 0 } = buffer.values();
        expect(Math.abs(loadP50 / length - 0.5)).toBeLessThan(0.02);
        expect(Math.abs(loadP99 / length - 0.99)).toBeLessThan(0.02);
      }),
      { numRuns: 20 },
    );
  });

  it('takes no more than 64 names', () => {
    const buffer = new MetricsBuffer();

    for (let at = 0; at < 100; at++) buffer.mark(`mark${at}Ms`, at);
    buffer.sample('late', 1);

    expect(Object.keys(buffer.values())).toHaveLength(64);
  });
});
