import { createResampler } from '../src/plugin/resampler.ts';

/** Conversions that a voice or an output may need. */
export const conversions = [
  { fromHz: 22_050, toHz: 24_000 },
  { fromHz: 24_000, toHz: 48_000 },
  { fromHz: 16_000, toHz: 24_000 },
  { fromHz: 44_100, toHz: 24_000 },
  { fromHz: 48_000, toHz: 24_000 },
] as const;

/** One second, unless told otherwise, of a tone at 61 % of full scale. */
export const sine = (frequencyHz: number, rateHz: number, samples = rateHz): Int16Array =>
  Int16Array.from({ length: samples }, (_, i) =>
    Math.round(20_000 * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz)),
  );

/** The whole sound in another rate, handed over in pieces that end at `cuts`. */
export const resample = (
  pcm: Int16Array,
  fromHz: number,
  toHz: number,
  cuts: readonly number[] = [],
): Int16Array => {
  const resampler = createResampler(fromHz, toHz);
  const borders = [0, ...cuts.map((at) => at % (pcm.length + 1)).sort((a, b) => a - b), pcm.length];
  const parts = borders.slice(1).map((end, i) => resampler.push(pcm.subarray(borders[i], end)));
  return Int16Array.from([...parts, resampler.flush()].flatMap((part) => [...part]));
};

/** Signal to noise ratio in dB against the best fitting sine of that frequency. */
export const signalToNoiseDb = (pcm: ArrayLike<number>, frequencyHz: number, rateHz: number): number => {
  const angle = (i: number): number => (2 * Math.PI * frequencyHz * i) / rateHz;
  let [ss, sc, cc, ys, yc] = [0, 0, 0, 0, 0];
  for (let i = 0; i < pcm.length; i++) {
    const [y, s, c] = [pcm[i]!, Math.sin(angle(i)), Math.cos(angle(i))];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += y * s;
    yc += y * c;
  }
  const determinant = ss * cc - sc * sc;
  const [a, b] = [(ys * cc - yc * sc) / determinant, (yc * ss - ys * sc) / determinant];
  let [signal, noise] = [0, 0];
  for (let i = 0; i < pcm.length; i++) {
    const fit = a * Math.sin(angle(i)) + b * Math.cos(angle(i));
    signal += fit * fit;
    noise += (pcm[i]! - fit) ** 2;
  }
  return 10 * Math.log10(signal / noise);
};

/** Tones from 100 Hz to 75 % of what the lower rate can hold. */
export const sweep = (fromHz: number, toHz: number, tones = 12): number[] => {
  const highestHz = (Math.min(fromHz, toHz) / 2) * 0.75;
  return Array.from({ length: tones }, (_, k) => 100 * (highestHz / 100) ** (k / (tones - 1)));
};

/** Without the first and last milliseconds, where the sound begins and ends. */
export const middle = <Samples extends Int16Array | Float32Array>(pcm: Samples): Samples =>
  pcm.subarray(200, pcm.length - 200) as Samples;
