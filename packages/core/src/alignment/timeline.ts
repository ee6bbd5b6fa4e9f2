import { samplesToUs } from '../domain/media.ts';

/** Sound on a turn's clock, counted in samples: the provider's own clock is never asked. */
export interface AudioTimeline {
  /** End of what was made so far. */
  readonly endUs: number;
  /** Takes note of so many more samples. */
  add(samples: number): void;
  /** The sound after this place is void; what comes next begins there. */
  rewind(toUs: number): void;
}

export const createAudioTimeline = (): AudioTimeline => {
  let fromUs = 0;
  let samples = 0;
  return {
    get endUs() {
      return fromUs + samplesToUs(samples);
    },
    add: (count) => {
      samples += count;
    },
    rewind: (toUs) => {
      fromUs = toUs;
      samples = 0;
    },
  };
};

/**
 * What is wrong with the time of a picture. `missing`: it has none. `backwards`: it lies before the end of the one before.
 * `ahead`: there is no sound so far on yet. `gap`: pictures before it are missing; its own time is right.
 */
export type TimeFlaw = 'missing' | 'backwards' | 'ahead' | 'gap';

export interface Placed {
  readonly ptsUs: number;
  readonly flaw: TimeFlaw | undefined;
}

/** Pictures on a turn's clock: monotonic whatever the provider's timestamps do. */
export interface VideoTimeline {
  /** End of the last picture. */
  readonly endUs: number;
  /** Finds the place of the next picture. `audioEndUs`: end of the sound that was made so far. */
  place(picture: { readonly ptsUs: number; readonly durationUs: number }, audioEndUs: number): Placed;
  /** Another provider begins, or the same one anew, at a place of its own. */
  restart(): void;
}

/** Rounding, and frames whose length is not a whole number of microseconds. */
const seamUs = 1_000;
/** A face may run ahead of the sound that it was given by a prebuffered look or a last closing mouth. */
const leadUs = 1_000_000;

/**
 * A wrong time is replaced by the end of the picture before. From then on the provider's clock is read with the offset
 * that this gave it, so that one jump is one flaw and not one per picture.
 */
export const createVideoTimeline = (): VideoTimeline => {
  let endUs = 0;
  let offsetUs = 0;
  let hasBegun = false;

  const flawOf = (ptsUs: number, audioEndUs: number): TimeFlaw | undefined => {
    if (!Number.isFinite(ptsUs) || ptsUs < 0) return 'missing';
    if (hasBegun && ptsUs < endUs - seamUs) return 'backwards';
    if (ptsUs > audioEndUs + leadUs) return 'ahead';
    return hasBegun && ptsUs > endUs + seamUs ? 'gap' : undefined;
  };

  return {
    get endUs() {
      return endUs;
    },
    place: ({ ptsUs, durationUs }, audioEndUs) => {
      const flaw = flawOf(ptsUs + offsetUs, audioEndUs);
      const isUsable = flaw === undefined || flaw === 'gap';
      if (!isUsable && flaw !== 'missing') offsetUs = endUs - ptsUs;
      const placedUs = isUsable ? Math.max(hasBegun ? endUs - seamUs : 0, ptsUs + offsetUs) : endUs;
      endUs = placedUs + durationUs;
      hasBegun = true;
      return { ptsUs: placedUs, flaw };
    },
    restart: () => {
      offsetUs = 0;
      hasBegun = false;
    },
  };
};
