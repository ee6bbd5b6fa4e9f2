import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAudioTimeline, createVideoTimeline } from './timeline.ts';

const frame = (ptsMs: number, durationMs = 40) => ({ ptsUs: ptsMs * 1000, durationUs: durationMs * 1000 });
const soundUs = 5_000_000;

describe('audio timeline', () => {
  it('does not collect roundings: half an hour in odd pieces is half an hour', () => {
    const timeline = createAudioTimeline();
    for (let samples = 0; samples < 1_800 * 24_000; samples += 1_001)
      timeline.add(Math.min(1_001, 1_800 * 24_000 - samples));

    expect(timeline.endUs).toBe(1_800_000_000);
  });

  it('goes on from where it was taken back to', () => {
    const timeline = createAudioTimeline();
    timeline.add(24_000);
    timeline.rewind(400_000);
    timeline.add(2_400);

    expect(timeline.endUs).toBe(500_000);
  });
});

describe('video timeline', () => {
  it('leaves pictures alone that come one after the other', () => {
    const timeline = createVideoTimeline();

    expect([0, 40, 80].map((ms) => timeline.place(frame(ms), soundUs))).toEqual([
      { ptsUs: 0, flaw: undefined },
      { ptsUs: 40_000, flaw: undefined },
      { ptsUs: 80_000, flaw: undefined },
    ]);
  });

  it('keeps a gap as it is: pictures may be missing', () => {
    const timeline = createVideoTimeline();
    timeline.place(frame(0), soundUs);

    expect(timeline.place(frame(2_000), soundUs)).toEqual({ ptsUs: 2_000_000, flaw: 'gap' });
  });

  it.each([
    { jump: 'ten seconds ahead', byMs: 10_000, flaw: 'ahead' },
    { jump: 'ten seconds back', byMs: -10_000, flaw: 'backwards' },
  ])('ignores a clock that jumps $jump, once', ({ byMs, flaw }) => {
    const timeline = createVideoTimeline();
    for (let ms = 0; ms < 12_000; ms += 40) timeline.place(frame(ms), ms * 1000 + 100_000);

    const after = [12_000, 12_040, 12_080].map((ms) => timeline.place(frame(ms + byMs), ms * 1000 + 100_000));

    expect(after).toEqual([
      { ptsUs: 12_000_000, flaw },
      { ptsUs: 12_040_000, flaw: undefined },
      { ptsUs: 12_080_000, flaw: undefined },
    ]);
  });

  it('gives a picture without a time the place after the one before', () => {
    const timeline = createVideoTimeline();
    timeline.place(frame(0), soundUs);

    expect(timeline.place(frame(Number.NaN), soundUs)).toEqual({ ptsUs: 40_000, flaw: 'missing' });
    expect(timeline.place(frame(80), soundUs)).toEqual({ ptsUs: 80_000, flaw: undefined });
  });

  it('begins anywhere after a restart', () => {
    const timeline = createVideoTimeline();
    timeline.place(frame(1_000), soundUs);

    timeline.restart();

    expect(timeline.place(frame(400), soundUs)).toEqual({ ptsUs: 400_000, flaw: undefined });
  });

  it('is monotonic whatever the times are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(fc.double(), fc.integer({ min: -20_000, max: 20_000 })), fc.nat(100))),
        (given) => {
          const timeline = createVideoTimeline();
          let lastUs = 0;
          for (const [ptsMs, durationMs] of given) {
            const { ptsUs } = timeline.place(frame(ptsMs, durationMs), soundUs);
            expect(ptsUs).toBeGreaterThanOrEqual(lastUs - 1_000);
            lastUs = ptsUs + durationMs * 1000;
          }
        },
      ),
    );
  });
});
