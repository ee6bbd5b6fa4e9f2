import type { PictureFrame } from '@tth/core/plugin';
import type { PoolDrawing } from './pool.ts';
import type { PoseRun } from './pose-runs.ts';
import { framePtsUs } from './pose-track.ts';
import type { DrawnPicture, FramePlan } from './worker-messages.ts';

/** Runs that may be on their way to, in and from the worker. */
const maxRunsInside = 3;
const keyFrameEveryS = 2;

/** One `PictureFrame` per run: the client draws. */
export async function* posePictures(
  runs: AsyncIterable<PoseRun>,
  fps: number,
): AsyncGenerator<PictureFrame, void, undefined> {
  for await (const { firstFrame, frames, poses } of runs) {
    const ptsUs = framePtsUs(firstFrame, fps);
    const durationUs = framePtsUs(firstFrame + frames, fps) - ptsUs;
    yield { codec: 'pose', key: true, ptsUs, durationUs, data: poses };
  }
}

export interface DrawnPictureOptions {
  readonly codec: 'h264' | 'vp8' | 'jpeg';
  readonly fps: number;
  readonly takeKeyFrameRequest: () => boolean;
}

/** What is awaited may be awaited late: until then a failure must not count as unhandled. */
const later = <Value>(promise: Promise<Value>): Promise<Value> => {
  promise.catch(() => {});
  return promise;
};

/**
 * One `PictureFrame` per drawn frame. While pictures are drawn the next poses are computed, `maxRunsInside` runs
 * ahead at most. Key frames: the first, one every two seconds, and one in the run after each request. The caller
 * releases the drawing.
 */
export async function* drawnPictures(
  runs: AsyncGenerator<PoseRun, void, undefined>,
  drawing: PoolDrawing,
  { codec, fps, takeKeyFrameRequest }: DrawnPictureOptions,
): AsyncGenerator<PictureFrame, void, undefined> {
  const keyEvery = Math.round(keyFrameEveryS * fps);
  let lastKey: number | undefined;
  const planFrames = ({ firstFrame, frames }: PoseRun): FramePlan[] => {
    let isWanted = takeKeyFrameRequest();
    return Array.from({ length: frames }, (_, i) => {
      const frame = firstFrame + i;
      const key = isWanted || lastKey === undefined || frame - lastKey >= keyEvery;
      if (key) lastKey = frame;
      isWanted = false;
      return { ptsUs: framePtsUs(frame, fps), key };
    });
  };
  const toFrame = ({ ptsUs, key, data }: DrawnPicture): PictureFrame => {
    const frame = Math.round((ptsUs * fps) / 1_000_000);
    return { codec, key, ptsUs, durationUs: framePtsUs(frame + 1, fps) - ptsUs, data };
  };

  const inside: Promise<readonly DrawnPicture[]>[] = [];
  let reading: Promise<IteratorResult<PoseRun, void>> | undefined = later(runs.next());
  try {
    while (reading || inside.length > 0) {
      const [oldest] = inside;
      const first = await Promise.race([
        ...(reading && inside.length < maxRunsInside ? [reading.then((read) => ({ read }))] : []),
        ...(oldest ? [oldest.then((pictures) => ({ pictures }))] : []),
      ]);
      if ('pictures' in first) {
        void inside.shift();
        for (const picture of first.pictures) yield toFrame(picture);
      } else if (first.read.done) {
        reading = undefined;
        inside.push(later(drawing.finish()));
      } else {
        const run = first.read.value;
        inside.push(later(drawing.draw(planFrames(run), run.poses)));
        reading = later(runs.next());
      }
    }
  } finally {
    // Not awaited: the runs may be waiting for speech.
    void later(runs.return());
  }
}
