import { type Pose, blendPoses, decodePose, neutralPose, poseSize } from '@tth/face';
import type { MediaFrame } from '@tth/protocol';

interface TimedPose {
  readonly turn: number;
  readonly ptsUs: number;
  readonly durationUs: number;
  readonly pose: Pose;
}

/**
 * The poses of speech, waiting for their sound. Poses come many to a frame, evenly spaced; between two of them the
 * face moves smoothly. A place after the last pose holds it.
 */
export const createPoseTrack = (onConsumed: (us: number) => void) => {
  const waiting: TimedPose[] = [];

  const letGo = (poses: readonly TimedPose[]): void => {
    for (const { durationUs } of poses) onConsumed(durationUs);
  };

  const discard = (turn: number, afterUs: number): void => {
    const first = waiting.findIndex((entry) => entry.turn === turn && entry.ptsUs >= afterUs);
    if (first >= 0) letGo(waiting.splice(first));
  };

  return {
    /**
     * Queues a run of poses. One that begins before the end of its turn's queue replaces it from there on.
     * `poseBytes`: bytes of one pose in this turn's format; channels that this version does not know are ignored.
     */
    accept({ turn, ptsUs, durationUs, payload }: MediaFrame, poseBytes = poseSize): void {
      const count = Math.floor(payload.byteLength / poseBytes);
      if (count === 0) return onConsumed(durationUs);
      discard(turn, ptsUs);
      for (let n = 0; n < count; n += 1) {
        const fromUs = Math.round((durationUs * n) / count);
        const toUs = Math.round((durationUs * (n + 1)) / count);
        const pose = decodePose(payload.subarray(n * poseBytes, (n + 1) * poseBytes), 0, neutralPose());
        waiting.push({ turn, ptsUs: ptsUs + fromUs, durationUs: toUs - fromUs, pose });
      }
    },

    /** Lets go of what lies before a place, except the pose that is still on show there. */
    advance(turn: number, ptsUs: number): void {
      const shown = waiting.findLastIndex((entry) => entry.turn === turn && entry.ptsUs <= ptsUs);
      const ahead = waiting.findIndex((entry) => entry.turn >= turn);
      letGo(waiting.splice(0, shown >= 0 ? shown : ahead >= 0 ? ahead : waiting.length));
    },

    /** Writes the pose at a place into `into` and returns the time it belongs to; nothing when the turn has none there yet. */
    sample(turn: number, ptsUs: number, into: Pose): number | undefined {
      const at = waiting.findLastIndex((entry) => entry.turn === turn && entry.ptsUs <= ptsUs);
      const from = waiting[at];
      if (from === undefined) return undefined;
      const to = waiting[at + 1];
      if (to === undefined || to.turn !== turn) {
        into.set(from.pose);
        return Math.min(ptsUs, from.ptsUs + from.durationUs);
      }
      blendPoses(from.pose, to.pose, Math.min(1, (ptsUs - from.ptsUs) / (to.ptsUs - from.ptsUs)), into);
      return ptsUs;
    },

    /** Forgets poses of a turn from `afterUs` on. */
    discard,

    /** Forgets what is left of a turn and of those before it. */
    endTurn(turn: number): void {
      const next = waiting.findIndex((entry) => entry.turn > turn);
      letGo(waiting.splice(0, next < 0 ? waiting.length : next));
    },

    clear: (): void => letGo(waiting.splice(0)),

    bufferedUs: (): number => waiting.reduce((sum, { durationUs }) => sum + durationUs, 0),
  };
};

export type PoseTrack = ReturnType<typeof createPoseTrack>;
