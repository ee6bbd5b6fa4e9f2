import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pcm } from '../domain/media.ts';
import { createResampler, loudness } from './pcm.ts';

const sine = (frequencyHz: number, rateHz: number, samples: number): Pcm =>
  Int16Array.from({ length: samples }, (_, i) =>
    Math.round(20_000 * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz)),
  );

const resample = (pcm: Pcm, fromHz: number, cuts: readonly number[] = []): Pcm => {
  const resampler = createResampler(fromHz);
  const borders = [0, ...cuts.map((at) => at % (pcm.length + 1)).sort((a, b) => a - b), pcm.length];
  const parts = borders.slice(1).map((end, i) => resampler.push(pcm.subarray(borders[i], end)));
  return Int16Array.from([...parts, resampler.flush()].flatMap((part) => [...part]));
};

/** Signal to noise ratio in dB against the best fitting sine of that frequency. */
const snr = (pcm: Pcm, frequencyHz: number, rateHz: number): number => {
  let [ss, sc, cc, ys, yc] = [0, 0, 0, 0, 0];
  pcm.forEach((y, i) => {
    const [s, c] = [
      Math.sin((2 * Math.PI * frequencyHz * i) / rateHz),
      Math.cos((2 * Math.PI * frequencyHz * i) / rateHz),
    ];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += y * s;
    yc += y * c;
  });
  const determinant = ss * cc - sc * sc;
  const [a, b] = [(ys * cc - yc * sc) / determinant, (yc * ss - ys * sc) / determinant];
  let [signal, noise] = [0, 0];
  pcm.forEach((y, i) => {
    const fit =
      a * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz) +
      b * Math.cos((2 * Math.PI * frequencyHz * i) / rateHz);
    signal += fit * fit;
    noise += (y - fit) ** 2;
  });
  return 10 * Math.log10(signal / noise);
};

const rates = [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000];

describe('resampler', () => {
  it.each(rates)('makes from %i Hz as many samples as the time asks for', (fromHz) => {
    fc.assert(
      fc.property(fc.nat(5_000), (samples) => {
        const length = resample(new Int16Array(samples), fromHz).length;

        expect(Math.abs(length - (samples * 24_000) / fromHz)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same however the sound is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rates), fc.array(fc.nat(3_000), { maxLength: 8 }), (fromHz, cuts) => {
        const pcm = sine(440, fromHz, 3_000);

        expect(resample(pcm, fromHz, cuts)).toEqual(resample(pcm, fromHz));
      }),
      { numRuns: 60 },
    );
  });

  it.each(rates.map((fromHz) => ({ fromHz, frequencyHz: Math.min(fromHz, 24_000) / 8 })))(
    'keeps a sine of $frequencyHz Hz at $fromHz Hz clean: noise is more than 60 dB down',
    ({ fromHz, frequencyHz }) => {
      const made = resample(sine(frequencyHz, fromHz, fromHz), fromHz);

      expect(snr(made.subarray(100, made.length - 100), frequencyHz, 24_000)).toBeGreaterThan(60);
    },
  );

  it('takes out what the lower rate cannot hold', () => {
    const made = resample(sine(16_000, 48_000, 48_000), 48_000);

    expect(loudness(made, 100, made.length - 100)).toBeLessThan(0.001);
  });

  it('hands sound of the same rate through untouched', () => {
    const pcm = sine(440, 24_000, 100);

    expect(createResampler(24_000).push(pcm)).toBe(pcm);
  });
});

describe('loudness', () => {
  it('is 0 for silence and nothing, and the root mean square of a sine', () => {
    expect([loudness(new Int16Array(10)), loudness(new Int16Array(0))]).toEqual([0, 0]);
    expect(loudness(sine(240, 24_000, 24_000))).toBeCloseTo(20_000 / 32_768 / Math.SQRT2, 3);
  });
});
