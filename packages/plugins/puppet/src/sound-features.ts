import { loudness, type Pcm, sampleRateHz, usToSamples } from '@tth/core/plugin';

const windowUs = 20_000;
const windowSamples = usToSamples(windowUs);
/** Share of the reference loudness that is left after each window: half of it after seven seconds. */
const peakDecay = 0.998;
/** RMS below which sound is background noise however quiet the voice. */
const noiseFloor = 0.02;
/** Sign changes per second between which a sound passes from voiced to breath: vowels stay far below, s and f above. */
const voicedCrossings = 3_500;
const breathCrossings = 7_000;

/**
 * What sound says of a mouth, each 0 to 1.
 *
 * - `level`: how loud, relative to how loud the voice has been lately.
 * - `voicing`: 1 for vowels, 0 for breath and silence.
 * - `brightness`: share of its energy that lies where "ee" and breath have theirs.
 * - `jaw`, `round`, `wide`: shares of a voiced sound's shape: open as in "ah", round as in "oo", wide as in "ee".
 */
export interface SoundFeatures {
  level: number;
  voicing: number;
  brightness: number;
  jaw: number;
  round: number;
  wide: number;
}

const silence = (): SoundFeatures => ({ level: 0, voicing: 0, brightness: 0, jaw: 0, round: 0, wide: 0 });
const featureNames = Object.keys(silence()) as (keyof SoundFeatures)[];

/** The features of a voice over time. */
export interface FeatureTrack {
  /**
   * Takes sound in order; a gap before it counts as silence. `withShape: false` leaves out all but `level`, for speech
   * whose mouth shapes are known.
   */
  add(pcm: Pcm, ptsUs: number, withShape: boolean): void;
  /** Mean of the 20 ms windows that touch `atUs ± reachUs`; what is not known counts as silence. */
  around(atUs: number, reachUs: number): SoundFeatures;
  /** As `around`, the level alone. */
  levelAround(atUs: number, reachUs: number): number;
  forgetBefore(us: number): void;
}

/** Energy of one band of a sound: a resonance of constant peak, run sample by sample. */
const createBand = (centreHz: number, q: number) => {
  const angle = (2 * Math.PI * centreHz) / sampleRateHz;
  const alpha = Math.sin(angle) / (2 * q);
  const [b, a1, a2] = [alpha / (1 + alpha), (-2 * Math.cos(angle)) / (1 + alpha), (1 - alpha) / (1 + alpha)];
  let [x1, x2, y1, y2, energy] = [0, 0, 0, 0, 0];
  return {
    push: (x: number): void => {
      const y = b * (x - x2) - a1 * y1 - a2 * y2;
      [x2, x1, y2, y1] = [x1, x, y1, y];
      energy += y * y;
    },
    take: (): number => {
      const taken = energy;
      energy = 0;
      return taken;
    },
  };
};

const between = (value: number, low: number, high: number): number =>
  Math.max(0, Math.min(1, (value - low) / (high - low)));

/** Features depend on the sound alone, never on how it was cut into chunks. */
export const createFeatureTrack = (): FeatureTrack => {
  const windows: SoundFeatures[] = [];
  let firstWindow: number | undefined;
  let peak = noiseFloor;
  let position = 0;
  let [squares, crossings, last] = [0, 0, 0];
  let isShaped = false;
  // Where the lowest resonance of "ee" and "oo" lies, that of "ah" with the second of "oo", and the second of "ee".
  const [close, open, front] = [createBand(330, 1.4), createBand(900, 1.2), createBand(2_400, 1.4)];

  const closeWindow = (): void => {
    const rms = Math.sqrt(squares / windowSamples);
    peak = Math.max(rms, peak * peakDecay, noiseFloor);
    const features = { ...silence(), level: rms / peak };
    const [closed, opened, fronted] = [
      Math.sqrt(close.take()),
      Math.sqrt(open.take()),
      Math.sqrt(front.take()),
    ];
    if (isShaped && rms > noiseFloor / 4) {
      const crossingsPerS = (crossings * sampleRateHz) / windowSamples;
      features.voicing = 1 - between(crossingsPerS, voicedCrossings, breathCrossings);
      const sum = closed + opened + fronted;
      features.brightness = fronted / sum;
      const [jaw, wide] = [between(opened / sum, 0.3, 0.6), between(features.brightness, 0.15, 0.4)];
      const [openness, width] = [jaw * features.voicing, wide * (1 - jaw) * features.voicing];
      features.jaw = openness;
      features.wide = width;
      features.round = Math.max(0, features.voicing - openness - width);
    }
    windows.push(features);
    [squares, crossings] = [0, 0];
    isShaped = false;
  };

  const shape = (pcm: Pcm, from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const x = pcm[i]! / 32_768;
      // Speech falls off towards the treble; the step from sample to sample lifts it again.
      const step = x - last;
      if (x < 0 !== last < 0) crossings += 1;
      close.push(step);
      open.push(step);
      front.push(step);
      last = x;
    }
    isShaped = true;
  };

  /** Moves on by `samples`, window by window; `measure` sees each stretch, counted from here. */
  const advance = (samples: number, measure: (from: number, to: number) => void): void => {
    for (let at = 0; at < samples;) {
      const to = Math.min(samples, at + windowSamples - (position % windowSamples));
      measure(at, to);
      position += to - at;
      at = to;
      if (position % windowSamples === 0) closeWindow();
    }
  };

  const range = (atUs: number, reachUs: number): readonly [first: number, last: number] => [
    Math.floor((atUs - reachUs) / windowUs),
    Math.floor((atUs + reachUs) / windowUs),
  ];

  return {
    add: (pcm, ptsUs, withShape) => {
      const start = usToSamples(ptsUs);
      if (firstWindow === undefined) {
        firstWindow = Math.floor(start / windowSamples);
        position = firstWindow * windowSamples;
      }
      advance(start - position, () => {});
      advance(pcm.length, (from, to) => {
        squares += loudness(pcm, from, to) ** 2 * (to - from);
        if (withShape) shape(pcm, from, to);
      });
    },
    around: (atUs, reachUs) => {
      const [first, until] = range(atUs, reachUs);
      const mean = silence();
      for (let window = first; window <= until; window++) {
        const features = windows[window - (firstWindow ?? 0)];
        if (features === undefined) continue;
        for (const name of featureNames) mean[name] += features[name] / (until - first + 1);
      }
      return mean;
    },
    levelAround: (atUs, reachUs) => {
      const [first, until] = range(atUs, reachUs);
      let sum = 0;
      for (let window = first; window <= until; window++)
        sum += windows[window - (firstWindow ?? 0)]?.level ?? 0;
      return sum / (until - first + 1);
    },
    forgetBefore: (us) => {
      if (firstWindow === undefined) return;
      const dropped = Math.min(windows.length, Math.floor(us / windowUs) - firstWindow);
      if (dropped <= 0) return;
      windows.splice(0, dropped);
      firstWindow += dropped;
    },
  };
};
