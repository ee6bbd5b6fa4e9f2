import { closeCodes } from '@tth/protocol';
import { outboundLimits } from '../../packages/server/src/gateway/outbound-buffer.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { type SoakReport, growthOf, soak } from '../slow-reader/soak.ts';

const mib = 2 ** 20;

describe('N1: a client that never reads, beside one that hears ten minutes of speech', () => {
  let report: SoakReport;
  beforeAll(async () => {
    report = await soak({ rounds: 10, answerMs: 60_000 });
  });

  it('has no more held for it than the sockets take and what is stated', () => {
    const { socketBytes, unreadBytes } = report;

    // Ten minutes of sound are 28 MB; the sockets of a loopback connection take about 5.
    expect(unreadBytes).toBeLessThan(16 * mib);
    if (socketBytes !== undefined) {
      expect(socketBytes).toBeGreaterThan(0);
      expect(unreadBytes - socketBytes).toBeLessThan(outboundLimits.slowBytes);
    }
  });

  it('leaves memory as it was: it does not grow by more than the error of its measure', () => {
    const { growth, residentBytes } = report;

    expect(residentBytes).toHaveLength(10);
    // A minute of sound is 2.9 MB; a thousandth of it is below what a collector leaves behind by chance.
    expect(growth.slope).toBeLessThan(2 * growth.error + 3_000);
    expect(growth.error).toBeLessThan(20_000);
    // In pieces of the allocator's own size.
    expect(residentBytes.at(-1)! - residentBytes[0]!).toBeLessThan(4 * mib);
  });

  it('does not keep the other from hearing everything, and being answered', () => {
    expect(report.heardMs).toBeGreaterThanOrEqual(600_000);
    expect(report.pingsMs).toHaveLength(100);
  });

  it('is closed as a slow consumer when it goes on asking', () => {
    expect(report.closeCode).toBe(closeCodes.slowConsumer);
  });
});

describe('the growth of memory', () => {
  it('is the slope of the line through it', () => {
    expect(growthOf([5, 7, 9, 11])).toEqual({ slope: 2, error: 0 });
    expect(growthOf([5, 5, 5])).toEqual({ slope: 0, error: 0 });
    expect(growthOf([5])).toEqual({ slope: 0, error: 0 });
    expect(growthOf([8, 6, 7, 5]).slope).toBeCloseTo(-0.8, 6);
  });

  it('is known the better the less its values waver', () => {
    expect(growthOf([0, 2, 1, 3]).error).toBeCloseTo(Math.sqrt(1.8 / 2 / 5), 6);
  });
});
