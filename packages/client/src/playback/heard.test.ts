import { describe, expect, it } from 'vitest';
import type { PlayoutEvent } from './audio-output.ts';
import { createHeardTimeline } from './heard.ts';

const report = (events: PlayoutEvent[], generation = 0) => ({
  timeS: 0,
  generation,
  events,
  playedSamples: 0,
  flushedSamples: 0,
  bufferedSamples: 0,
  underruns: 0,
  rms: 0,
  peak: 0,
});
const run = (timeS: number, ptsUs: number, turn = 1): PlayoutEvent => ({ type: 'run', turn, ptsUs, timeS });
const pause = (timeS: number, ptsUs: number, turn = 1): PlayoutEvent => ({
  type: 'pause',
  turn,
  ptsUs,
  timeS,
});

describe('heard timeline', () => {
  it('knows nothing before the first sound reaches the ear', () => {
    const timeline = createHeardTimeline();
    timeline.add(report([run(10, 0)]));

    expect(timeline.at(9.99)).toBeUndefined();
  });

  it('moves with the clock while speech plays and rests where it ended', () => {
    const timeline = createHeardTimeline();
    timeline.add(report([run(10, 500_000)]));
    timeline.add(report([pause(11, 1_500_000)]));

    expect(timeline.at(10.25)).toEqual({ turn: 1, ptsUs: 750_000, playing: true });
    expect(timeline.at(12)).toEqual({ turn: 1, ptsUs: 1_500_000, playing: false });
  });

  it('still tells the earlier turn while the next one is on its way to the ear', () => {
    const timeline = createHeardTimeline();
    timeline.add(report([run(10, 0), run(11, 0, 2)]));

    expect(timeline.at(10.5)).toMatchObject({ turn: 1, playing: true });
    expect(timeline.at(11.5)).toEqual({ turn: 2, ptsUs: 500_000, playing: true });
  });

  it('forgets everything at a cut and ignores reports from before it', () => {
    const timeline = createHeardTimeline();
    timeline.add(report([run(10, 0)]));

    timeline.cut(1);
    timeline.add(report([run(10.1, 100_000)]));

    expect(timeline.at(11)).toBeUndefined();
  });
});
