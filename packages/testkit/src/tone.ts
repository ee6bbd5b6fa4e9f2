import { type Pcm, type WordTiming, sampleRateHz } from '@tth/core/plugin';

const tone: Pcm = Int16Array.from({ length: sampleRateHz }, (_, i) =>
  Math.round(8_000 * Math.sin((2 * Math.PI * 220 * i) / sampleRateHz)),
);

/** A part of a 220 Hz tone that goes on seamlessly from `firstSample`, a second at most. Not to be written to. */
export const toneAt = (firstSample: number, samples: number): Pcm => {
  const from = firstSample % sampleRateHz;
  if (from + samples <= sampleRateHz) return tone.subarray(from, from + samples);
  const joined = new Int16Array(samples);
  joined.set(tone.subarray(from));
  joined.set(tone.subarray(0, samples - (sampleRateHz - from)), sampleRateHz - from);
  return joined;
};

/** Words spread over the sound of their text, each as long as its share of characters. */
export const spreadWords = (text: string, durationUs: number): WordTiming[] =>
  [...text.matchAll(/[\p{L}\p{N}\p{M}'’-]+/gu)].map((match) => ({
    text: match[0],
    startUs: Math.round((match.index / text.length) * durationUs),
    durationUs: Math.floor((match[0].length / text.length) * durationUs),
  }));

/** The timings that begin in [`fromUs`, `toUs`). */
export const beginningIn = <Timing extends { readonly startUs: number }>(
  timings: readonly Timing[],
  fromUs: number,
  toUs: number,
): Timing[] => timings.filter(({ startUs }) => startUs >= fromUs && startUs < toUs);
