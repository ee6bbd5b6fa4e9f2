import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlayoutChunk, PlayoutReport } from './audio-output.ts';
import { Playout } from './playout.worklet.js';

const rateHz = 24_000;
const blockSamples = 128;
const chunk = (ms: number, rest: Partial<PlayoutChunk> = {}): PlayoutChunk => ({
  type: 'chunk',
  turn: 1,
  ptsUs: 0,
  sentenceEnd: false,
  samples: new Int16Array(ms * 24).fill(16_384),
  ...rest,
});

const createSpeaker = (thresholdMs = 0) => {
  const playout = new Playout(rateHz);
  playout.accept({ type: 'threshold', samples: thresholdMs * 24 });
  let blocks = 0;
  let skippedS = 0;
  const reports: PlayoutReport[] = [];
  const sound: number[] = [];
  return {
    playout,
    reports,
    sound,
    skip: (s: number): void => {
      skippedS += s;
    },
    play: (ms: number): Float32Array => {
      const count = Math.ceil((ms * 24) / blockSamples);
      const out = new Float32Array(count * blockSamples);
      for (let n = 0; n < count; n += 1) {
        const block = out.subarray(n * blockSamples, (n + 1) * blockSamples);
        const timeS = (blocks * blockSamples) / rateHz + skippedS;
        playout.render(block, timeS);
        blocks += 1;
        const report = playout.takeReport(timeS);
        if (report !== undefined) reports.push(report);
      }
      sound.push(...out);
      return out;
    },
    events: () => reports.flatMap(({ events }) => events),
    latest: () => reports.at(-1),
  };
};

const isSilent = (samples: Float32Array): boolean => samples.every((sample) => sample === 0);

describe('playout', () => {
  it('waits until the threshold is buffered, then plays at once', () => {
    const speaker = createSpeaker(120);
    speaker.playout.accept(chunk(80));
    expect(isSilent(speaker.play(100))).toBe(true);

    speaker.playout.accept(chunk(40, { ptsUs: 80_000 }));

    expect(speaker.play(5)[0]).toBe(0.5);
  });

  it('does not wait for more than a whole sentence', () => {
    const speaker = createSpeaker(120);

    speaker.playout.accept(chunk(20, { sentenceEnd: true }));

    expect(speaker.play(5)[0]).toBe(0.5);
  });

  it.each(['while it waits', 'after it was played'])(
    'takes an empty chunk for the end of a sentence %s',
    (when) => {
      const speaker = createSpeaker(when === 'while it waits' ? 120 : 0);
      speaker.playout.accept(chunk(16));
      if (when === 'after it was played') speaker.play(16);

      speaker.playout.accept(chunk(0, { ptsUs: 16_000, sentenceEnd: true }));
      speaker.play(100);

      expect(speaker.latest()).toMatchObject({ playedSamples: 16 * 24, underruns: 0 });
    },
  );

  it('joins chunks without a gap, as one run', () => {
    const speaker = createSpeaker();
    for (let n = 0; n < 5; n += 1)
      speaker.playout.accept(chunk(40, { ptsUs: n * 40_000, sentenceEnd: n === 4 }));

    speaker.play(300);

    expect(speaker.sound.slice(0, 4_800).every((sample) => sample === 0.5)).toBe(true);
    expect(speaker.events()).toEqual([
      { type: 'run', turn: 1, ptsUs: 0, timeS: 0 },
      { type: 'pause', turn: 1, ptsUs: 200_000, timeS: 0.2 },
    ]);
  });

  it('is silent within 5 ms of a cut, without a jump', () => {
    const speaker = createSpeaker();
    speaker.playout.accept(chunk(1_000));
    speaker.play(100);

    speaker.playout.accept({ type: 'cut', generation: 1 });
    const after = speaker.play(50);

    const steps = [...after].map((sample, at) => Math.abs(sample - (after[at - 1] ?? 0.5)));
    expect(Math.max(...steps)).toBeLessThan(0.01);
    expect(isSilent(after.subarray(120))).toBe(true);
    expect(speaker.latest()).toMatchObject({ generation: 1, bufferedSamples: 0 });
  });

  it('counts an underrun when speech breaks off, and none between sentences', () => {
    const speaker = createSpeaker(60);
    speaker.playout.accept(chunk(40, { sentenceEnd: true }));
    speaker.play(100);
    expect(speaker.latest()?.underruns).toBe(0);

    speaker.playout.accept(chunk(80, { ptsUs: 40_000 }));
    speaker.play(200);
    expect(speaker.latest()?.underruns).toBe(1);
  });

  it('buffers again after an underrun', () => {
    const speaker = createSpeaker(60);
    speaker.playout.accept(chunk(80));
    speaker.play(200);

    speaker.playout.accept(chunk(40, { ptsUs: 80_000 }));
    expect(isSilent(speaker.play(50))).toBe(true);
    speaker.playout.accept(chunk(40, { ptsUs: 120_000 }));

    expect(isSilent(speaker.play(50))).toBe(false);
  });

  it('forgets a turn from a place on and plays what is before it', () => {
    const speaker = createSpeaker();
    speaker.playout.accept(chunk(100));
    speaker.playout.accept(chunk(100, { ptsUs: 100_000 }));

    speaker.playout.accept({ type: 'discard', turn: 1, afterUs: 150_000 });
    speaker.play(300);

    expect(speaker.latest()).toMatchObject({
      playedSamples: 150 * 24,
      flushedSamples: 50 * 24,
      underruns: 0,
    });
  });

  it('stops softly when the place to forget from is heard already', () => {
    const speaker = createSpeaker();
    speaker.playout.accept(chunk(200));
    speaker.play(100);

    speaker.playout.accept({ type: 'discard', turn: 1, afterUs: 20_000 });
    const after = speaker.play(50);

    expect(after[0]).toBeGreaterThan(0.45);
    expect(isSilent(after.subarray(120))).toBe(true);
  });

  it('tells where the sound goes on when the device left out blocks', () => {
    const speaker = createSpeaker();
    speaker.playout.accept(chunk(320, { sentenceEnd: true }));
    speaker.play(160);

    speaker.skip(0.5);
    speaker.play(200);

    expect(speaker.events()).toEqual([
      { type: 'run', turn: 1, ptsUs: 0, timeS: 0 },
      { type: 'pause', turn: 1, ptsUs: 160_000, timeS: 0.16 },
      { type: 'run', turn: 1, ptsUs: 160_000, timeS: 0.66 },
      { type: 'pause', turn: 1, ptsUs: 320_000, timeS: expect.closeTo(0.82) as number },
    ]);
  });

  it('reports the level while there is sound, that it came down, and then nothing', () => {
    const speaker = createSpeaker();
    speaker.playout.accept(chunk(120, { sentenceEnd: true }));

    speaker.play(110);
    expect(speaker.latest()).toMatchObject({ rms: 0.5, peak: 0.5 });
    speaker.play(400);
    expect(speaker.latest()).toMatchObject({ rms: 0, peak: 0 });

    const before = speaker.reports.length;
    speaker.play(1_000);
    expect(speaker.reports).toHaveLength(before);
    expect(speaker.playout.isWorking).toBe(false);
  });

  it('neither loses nor invents a sample, whatever it is told', () => {
    const steps = fc.oneof(
      fc.record({
        do: fc.constant('chunk' as const),
        samples: fc.integer({ min: 1, max: 3_000 }),
        end: fc.boolean(),
      }),
      fc.record({ do: fc.constant('play' as const), ms: fc.integer({ min: 5, max: 150 }) }),
      fc.record({ do: fc.constant('cut' as const) }),
      fc.record({ do: fc.constant('discard' as const), share: fc.double({ min: 0, max: 1.2, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40 }), (script) => {
        const speaker = createSpeaker(60);
        let written = 0;
        let ptsUs = 0;
        let generation = 0;
        for (const step of script) {
          if (step.do === 'chunk') {
            const samples = new Int16Array(step.samples).fill(9_000);
            speaker.playout.accept({ type: 'chunk', turn: 1, ptsUs, sentenceEnd: step.end, samples });
            written += step.samples;
            ptsUs += (step.samples * 1_000_000) / rateHz;
          } else if (step.do === 'play') speaker.play(step.ms);
          else if (step.do === 'cut') speaker.playout.accept({ type: 'cut', generation: (generation += 1) });
          else speaker.playout.accept({ type: 'discard', turn: 1, afterUs: ptsUs * step.share });
        }
        speaker.playout.accept(chunk(1, { sentenceEnd: true, ptsUs }));
        speaker.play(3_000 + written / 24);

        const { playedSamples = 0, flushedSamples = 0, bufferedSamples } = speaker.latest() ?? {};
        expect(playedSamples + flushedSamples).toBe(written + 24);
        expect(bufferedSamples).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
