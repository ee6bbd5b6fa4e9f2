import type { AvatarSpeech } from '@tth/core/plugin';
import { encodePose, neutralPose, poseSize } from '@tth/face';
import { endOnAbort } from './end-on-abort.ts';
import { createPoseTrack, type PoseTrackOptions } from './pose-track.ts';

/** Poses of consecutive frames. */
export interface PoseRun {
  readonly firstFrame: number;
  readonly frames: number;
  /** `frames * poseSize` bytes, as `encodePose` writes them. The receiver owns them. */
  readonly poses: Uint8Array;
}

export interface PoseRunOptions extends PoseTrackOptions {
  /** Frames of a full run. The first run, and the last of each sentence, may be shorter. */
  readonly framesPerRun: number;
}

/**
 * A turn's speech as runs of poses, contiguous from the first speech to 200 ms after its end. Speech is pulled when
 * the poses before it have been taken. After an abort it ends within one run, without the tail.
 */
export async function* poseRuns(
  speech: AsyncIterable<AvatarSpeech>,
  options: PoseRunOptions,
  signal: AbortSignal,
): AsyncGenerator<PoseRun, void, undefined> {
  const track = createPoseTrack(options);
  const pose = neutralPose();
  let isFirst = true;

  const nextRun = (mayBeShort: boolean): PoseRun | undefined => {
    const frames = Math.min(isFirst ? 1 : options.framesPerRun, track.readyFrames);
    if (frames === 0 || (frames < options.framesPerRun && !mayBeShort && !isFirst)) return undefined;
    isFirst = false;
    const firstFrame = track.nextFrame;
    const poses = new Uint8Array(frames * poseSize);
    for (let i = 0; i < frames; i++) {
      track.write(pose);
      encodePose(pose, poses, i * poseSize);
    }
    return { firstFrame, frames, poses };
  };
  function* settledRuns(mayBeShort: boolean): Generator<PoseRun, void, undefined> {
    for (let run = nextRun(mayBeShort); run && !signal.aborted; run = nextRun(mayBeShort)) yield run;
  }

  for await (const part of endOnAbort(speech, signal)) {
    track.add(part);
    yield* settledRuns(part.sentenceEnd);
  }
  if (signal.aborted) return;
  track.end();
  yield* settledRuns(true);
}
