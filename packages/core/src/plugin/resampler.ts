import { type Pcm, sampleRateHz } from '../domain/media.ts';

/** Zero crossings of the sinc on each side, counted at the lower of the two rates. */
const crossings = 32;
/** Of the Kaiser window: what the filter keeps out is 90 dB down. */
const beta = 9;
/** Middle of the filter's slope as a share of what the lower rate can hold; the slope ends just above 1. */
const rolloff = 0.92;

interface Kernel {
  /** Positions between two input samples that outputs can fall on. */
  readonly phases: number;
  /** Input samples from one output to the next, times `phases`. */
  readonly step: number;
  readonly taps: number;
  /** `taps` weights for each phase. */
  readonly weights: Float32Array;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Modified Bessel function of the first kind, order 0, by its series. */
const bessel = (x: number): number => {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-9; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};

const makeKernel = (fromHz: number, toHz: number): Kernel => {
  const divisor = gcd(fromHz, toHz);
  const [phases, step] = [toHz / divisor, fromHz / divisor];
  const half = Math.ceil(crossings * Math.max(1, fromHz / toHz));
  const taps = 2 * half;
  const cutoff = Math.min(1, toHz / fromHz) * rolloff;
  const weights = new Float32Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    const row = weights.subarray(phase * taps, (phase + 1) * taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const x = tap - half + 1 - phase / phases;
      const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x);
      const value = sinc * bessel(beta * Math.sqrt(Math.max(0, 1 - (x / half) ** 2)));
      row[tap] = value;
      sum += value;
    }
    // Each phase passes a constant unchanged, so the window needs no scale of its own.
    for (let tap = 0; tap < taps; tap++) row[tap]! /= sum;
  }
  return { phases, step, taps, weights };
};

/** A kernel takes a millisecond to make and a voice needs the same one for every sentence. */
const kernels = new Map<string, Kernel>();
const kernelOf = (fromHz: number, toHz: number): Kernel => {
  const key = `${fromHz}:${toHz}`;
  const kernel = kernels.get(key) ?? makeKernel(fromHz, toHz);
  kernels.set(key, kernel);
  return kernel;
};

export interface Resampler {
  /** The samples that can be made so far; about 32 samples of the lower rate stay inside until `flush`. */
  push(pcm: Pcm): Pcm;
  /** The rest. The sound is over: nothing may be pushed afterwards. */
  flush(): Pcm;
}

/**
 * Changes the sample rate of a stream, by default to the engine's 24 kHz: a polyphase filter, continuous over chunk
 * borders, so that the samples are the same however the sound is cut. `n` samples in give `round(n * toHz / fromHz)`.
 * Rates are whole numbers; the smaller their ratio's terms, the smaller the filter.
 */
export const createResampler = (fromHz: number, toHz: number = sampleRateHz): Resampler => {
  if (fromHz === toHz) return { push: (pcm) => pcm, flush: () => new Int16Array(0) };
  const { phases, step, taps, weights } = kernelOf(fromHz, toHz);
  /** Silence before the first sample, so that the kernel's middle lies on it. */
  const lead = taps / 2 - 1;
  // Positions are counted in whole numbers: a running sum of fractions would drift past the input's end.
  let held: Int16Array = new Int16Array(lead);
  let heldFrom = 0;
  let received = 0;
  let produced = 0;

  const run = (pcm: Pcm, limit: number): Pcm => {
    const input = new Int16Array(held.length + pcm.length);
    input.set(held);
    input.set(pcm, held.length);
    const bases = heldFrom + input.length - taps + 1;
    const possible = Math.ceil((Math.max(0, bases) * phases) / step) - produced;
    const output = new Int16Array(Math.max(0, Math.min(possible, limit)));
    for (let i = 0; i < output.length; i++) {
      const position = (produced + i) * step;
      const base = Math.floor(position / phases);
      const row = (position - base * phases) * taps;
      const first = base - heldFrom;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += input[first + tap]! * weights[row + tap]!;
      output[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
    }
    produced += output.length;
    const keepFrom = Math.min(input.length, Math.floor((produced * step) / phases) - heldFrom);
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
