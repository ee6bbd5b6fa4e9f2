import { closeCodes } from '@tth/protocol';
import { outboundLimits } from '../../packages/server/src/gateway/outbound-buffer.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { type SoakReport, slopeOf, soak } from '../slow-reader/soak.ts';

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

  it('leaves resident memory as it was after the first answers', () => {
    const { residentBytes } = report;

    expect(residentBytes).toHaveLength(10);
    // A collector's own slack; what was sent to the neighbour in these rounds alone is 20 MB.
    expect(residentBytes.at(-1)! - residentBytes[2]!).toBeLessThan(8 * mib);
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
    expect(slopeOf([5, 7, 9, 11])).toBe(2);
    expect(slopeOf([5, 5, 5])).toBe(0);
    expect(slopeOf([5])).toBe(0);
    expect(slopeOf([8, 6, 7, 5])).toBeCloseTo(-0.8, 6);
  });
});
