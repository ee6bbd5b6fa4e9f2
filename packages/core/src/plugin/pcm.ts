import { type Pcm, sampleRateHz } from '../domain/media.ts';

const taps = 32;
const phases = 512;
/** Silence before the first sample, so that the kernel's middle lies on it. */
const lead = taps / 2 - 1;

const kernel = (cutoff: number): Float32Array => {
  const table = new Float32Array((phases + 1) * taps);
  for (let phase = 0; phase <= phases; phase++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const x = tap - taps / 2 + 1 - phase / phases;
      const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x);
      const at = (x + taps / 2) / taps;
      const window = 0.42 - 0.5 * Math.cos(2 * Math.PI * at) + 0.08 * Math.cos(4 * Math.PI * at);
      const value = sinc * window;
      table[phase * taps + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < taps; tap++) table[phase * taps + tap]! /= sum;
  }
  return table;
};

export interface Resampler {
  /** The samples that can be made so far; about 16 input samples stay inside until `flush`. */
  push(pcm: Pcm): Pcm;
  flush(): Pcm;
}

/**
 * Changes the sample rate of a stream to the engine's 24 kHz: polyphase windowed sinc, continuous over
 * chunk borders. `n` samples in give `round(n * 24000 / fromHz)` out, within one sample.
 */
export const createResampler = (fromHz: number, toHz: number = sampleRateHz): Resampler => {
  if (fromHz === toHz) return { push: (pcm) => pcm, flush: () => new Int16Array(0) };
  const table = kernel(Math.min(1, toHz / fromHz) * 0.95);
  // Positions are counted in whole numbers: a running sum of fractions would drift past the input's end.
  let held: Int16Array = new Int16Array(lead);
  let heldFrom = 0;
  let received = 0;
  let produced = 0;

  const run = (pcm: Pcm, limit: number): Pcm => {
    const input = new Int16Array(held.length + pcm.length);
    input.set(held);
    input.set(pcm, held.length);
    const bases = heldFrom + input.length - lead - taps / 2;
    const possible = Math.ceil((Math.max(0, bases) * toHz) / fromHz) - produced;
    const output = new Int16Array(Math.max(0, Math.min(possible, limit)));
    for (let i = 0; i < output.length; i++) {
      const numerator = (produced + i) * fromHz;
      const base = Math.floor(numerator / toHz);
      const phase = Math.round(((numerator - base * toHz) / toHz) * phases) * taps;
      const first = base - heldFrom;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += input[first + tap]! * table[phase + tap]!;
      output[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
    }
    produced += output.length;
    const keepFrom = Math.min(input.length, Math.floor((produced * fromHz) / toHz) - heldFrom);
    held = input.slice(keepFrom);
    heldFrom += keepFrom;
    return output;
  };

  return {
    push: (pcm) => {
      received += pcm.length;
      return run(pcm, Number.POSITIVE_INFINITY);
    },
    flush: () => run(new Int16Array(taps), Math.round((received * toHz) / fromHz) - produced),
  };
};

/** Root mean square, 0 (silence) to 1 (full scale). */
export const loudness = (pcm: Pcm, from = 0, to = pcm.length): number => {
  let sum = 0;
  for (let i = from; i < to; i++) sum += pcm[i]! * pcm[i]!;
  return to > from ? Math.sqrt(sum / (to - from)) / 32_768 : 0;
};
