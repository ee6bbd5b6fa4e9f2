import { loudness, type Pcm, usToSamples } from '@tth/core/plugin';

const windowUs = 20_000;
const windowSamples = usToSamples(windowUs);
/** Share of the reference loudness that is left after each window: half of it after seven seconds. */
const peakDecay = 0.998;
/** RMS below which sound is background noise however quiet the voice. */
const noiseFloor = 0.02;

/** How loud a voice is over time, relative to how loud it has been lately. Levels are 0 to 1. */
export interface EnergyTrack {
  /** Takes sound in order; a gap before it counts as silence. */
  add(pcm: Pcm, ptsUs: number): void;
  /** Mean level of the 20 ms windows that touch `atUs ± reachUs`; what is not known counts as silence. */
  around(atUs: number, reachUs: number): number;
  forgetBefore(us: number): void;
}

/** Levels depend on the sound alone, never on how it was cut into chunks. */
export const createEnergyTrack = (): EnergyTrack => {
  const levels: number[] = [];
  let firstWindow: number | undefined;
  let peak = noiseFloor;
  let position = 0;
  let squares = 0;

  const closeWindow = (): void => {
    const rms = Math.sqrt(squares / windowSamples);
    peak = Math.max(rms, peak * peakDecay, noiseFloor);
    levels.push(rms / peak);
    squares = 0;
  };

  /** Moves on by `samples`, window by window; `measure` gives the sum of squares of a stretch, counted from here. */
  const advance = (samples: number, measure: (from: number, to: number) => number): void => {
    for (let at = 0; at < samples;) {
      const to = Math.min(samples, at + windowSamples - (position % windowSamples));
      squares += measure(at, to);
      position += to - at;
      at = to;
      if (position % windowSamples === 0) closeWindow();
    }
  };

  return {
    add: (pcm, ptsUs) => {
      const start = usToSamples(ptsUs);
      if (firstWindow === undefined) {
        firstWindow = Math.floor(start / windowSamples);
        position = firstWindow * windowSamples;
      }
      advance(start - position, () => 0);
      advance(pcm.length, (from, to) => loudness(pcm, from, to) ** 2 * (to - from));
    },
    around: (atUs, reachUs) => {
      const first = Math.floor((atUs - reachUs) / windowUs);
      const last = Math.floor((atUs + reachUs) / windowUs);
      let sum = 0;
      for (let window = first; window <= last; window++) sum += levels[window - (firstWindow ?? 0)] ?? 0;
      return sum / (last - first + 1);
    },
    forgetBefore: (us) => {
      if (firstWindow === undefined) return;
      const dropped = Math.min(levels.length, Math.floor(us / windowUs) - firstWindow);
      if (dropped <= 0) return;
      levels.splice(0, dropped);
      firstWindow += dropped;
    },
  };
};
