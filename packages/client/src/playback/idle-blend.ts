import { type Pose, addIdleMotion, blendPoses, neutralPose } from '@tth/face';

/** How long the face takes from rest to speech and back, and to close its mouth when it is cut off. */
const easeMs = 220;
const cutMs = 80;

/**
 * Mixes the face at rest, which breathes and blinks, with the face that speaks. Weight moves evenly towards where it
 * should be and is smoothed at both ends.
 */
export const createIdleBlend = (seed: number) => {
  const idle = neutralPose();
  const speech = neutralPose();
  const shown = neutralPose();
  let weight = 0;
  let lastMs: number | undefined;
  let wasCut = false;

  return {
    /** The next pose changes back to rest faster than speech that ends by itself. */
    cut(): void {
      wasCut = true;
    },

    /**
     * The pose to draw now. `sampleSpeech` writes the pose of speech and returns false when there is none to show; the
     * last one then fades to rest.
     */
    next(nowMs: number, sampleSpeech: (into: Pose) => boolean): Pose {
      const speaking = sampleSpeech(speech);
      const sinceMs = nowMs - (lastMs ?? nowMs);
      lastMs = nowMs;
      if (speaking) wasCut = false;
      const step = sinceMs / (wasCut ? cutMs : easeMs);
      weight = Math.max(0, Math.min(1, weight + (speaking ? step : -step)));
      idle.fill(0);
      addIdleMotion(seed, nowMs * 1000, idle);
      return blendPoses(idle, speech, weight * weight * (3 - 2 * weight), shown);
    },
  };
};
