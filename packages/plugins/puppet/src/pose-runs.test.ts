import { poseSize } from '@tth/face';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect, endlessStreamOf, speechOf, streamOf } from '../test/speech.ts';
import { poseRuns, type PoseRunOptions } from './pose-runs.ts';

const options: PoseRunOptions = { fps: 25, seed: 1, gaze: 'camera', headMotion: 'natural', framesPerRun: 5 };
const neverAborted = new AbortController().signal;
const twoSentences = [
  ...speechOf([{ ipa: 'a', ms: 640 }]),
  ...speechOf([{ ipa: 'o', ms: 360 }], { sentence: 1, startMs: 640 }),
];

describe('pose runs', () => {
  it('cover the speech and 200 ms more without a hole, at any frame rate and length', async () => {
    const frameRates = fc.integer({ min: 10, max: 60 });
    const lengthsMs = fc.integer({ min: 1, max: 3_000 });
    await fc.assert(
      fc.asyncProperty(
        frameRates,
        lengthsMs,
        fc.integer({ min: 1, max: 8 }),
        async (fps, ms, framesPerRun) => {
          const speech = streamOf(speechOf([{ ipa: 'a', ms }]));

          const runs = await collect(poseRuns(speech, { ...options, fps, framesPerRun }, neverAborted));

          let next = 0;
          for (const { firstFrame, frames, poses } of runs) {
            expect(firstFrame).toBe(next);
            expect(poses).toHaveLength(frames * poseSize);
            next += frames;
          }
          expect(next).toBe(Math.ceil(((ms + 200) * fps) / 1000));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('begin with a single frame, then are full but for the last of each sentence', async () => {
    const runs = await collect(poseRuns(streamOf(twoSentences), options, neverAborted));

    // 16 frames, 9 frames, and 5 of the tail.
    expect(runs.map(({ frames }) => frames)).toEqual([1, 5, 5, 5, 5, 4, 5]);
  });

  it('pull no speech beyond what the next run needs', async () => {
    const speech = streamOf(speechOf([{ ipa: 'a', ms: 5_000 }]));
    const runs = poseRuns(speech, options, neverAborted);

    await runs.next();
    await runs.return();

    expect(speech.taken).toBe(2);
  });

  it('are none at all when there is no speech', async () => {
    expect(await collect(poseRuns(streamOf([]), options, neverAborted))).toEqual([]);
  });

  it('end at an abort that comes while speech is awaited, without the tail', async () => {
    const abort = new AbortController();
    const speech = endlessStreamOf(twoSentences);
    const runs = poseRuns(speech, options, abort.signal);
    for (let frames = 0; frames < 25;) frames += (await runs.next()).value?.frames ?? 0;

    const waiting = runs.next();
    abort.abort();

    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(speech.isStopped).toBe(true);
  });

  it('fail with the error of their speech', async () => {
    const speech = {
      async *[Symbol.asyncIterator]() {
        yield* twoSentences;
        throw new Error('The voice died');
      },
    };

    await expect(collect(poseRuns(speech, options, neverAborted))).rejects.toThrow('The voice died');
  });
});
