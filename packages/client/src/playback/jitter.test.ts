import { describe, expect, it } from 'vitest';
import { type Arrival, noJitter, observeArrival, targetDepthMs } from './jitter.ts';

const chunk = (n: number, atMs: number, rest: Partial<Arrival> = {}): Arrival => ({
  atMs,
  turn: 1,
  ptsUs: n * 40_000,
  sentenceEnd: false,
  ...rest,
});
const depthAfter = (...arrivals: Arrival[]): number =>
  targetDepthMs(arrivals.reduce(observeArrival, noJitter));

describe('jitter', () => {
  it('asks for 120 ms while chunks come on time, early or in batches of 100 ms', () => {
    expect(targetDepthMs(noJitter)).toBe(120);
    expect(depthAfter(chunk(0, 0), chunk(1, 1), chunk(2, 2))).toBe(120);
    expect(depthAfter(chunk(0, 0), chunk(1, 100), chunk(2, 100), chunk(3, 200))).toBe(120);
  });

  it('asks for a stall it has seen and a margin, but for no more than 280 ms', () => {
    expect(depthAfter(chunk(0, 0), chunk(1, 200))).toBe(200);
    expect(depthAfter(chunk(0, 0), chunk(1, 5_000))).toBe(280);
  });

  it('forgets a stall over some seconds of calm', () => {
    const calm = Array.from({ length: 100 }, (_, n) => chunk(n + 1, 200 + n * 40));

    expect(depthAfter(chunk(0, 0), ...calm)).toBe(120);
  });

  it('does not take the pause between sentences or turns for a stall', () => {
    expect(depthAfter(chunk(0, 0, { sentenceEnd: true }), chunk(1, 900))).toBe(120);
    expect(depthAfter(chunk(5, 0), chunk(0, 900, { turn: 2 }))).toBe(120);
  });
});
