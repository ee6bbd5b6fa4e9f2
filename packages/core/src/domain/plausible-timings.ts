/** A gap between two timings of one sentence that no speech has. */
const longestGapUs = 5_000_000;

interface Timing {
  readonly startUs: number;
  readonly durationUs: number;
}

/**
 * Says of each timing of a sentence whether it can be: in order, from 0 on, and without gaps of more than 5 s.
 * A provider's clock that jumps or runs backwards gives others, and they are better left out: the place
 * of sound is counted in samples.
 */
export const createPlausibility = (): ((timing: Timing) => boolean) => {
  let lastUs = 0;
  let endUs = 0;
  return ({ startUs, durationUs }) => {
    if (!(durationUs >= 0) || !(startUs >= lastUs) || startUs > endUs + longestGapUs) return false;
    lastUs = startUs;
    endUs = Math.max(endUs, startUs + durationUs);
    return true;
  };
};
