import { ConverterType, create } from '@alexanderolsen/libsamplerate-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversions, middle, resample, signalToNoiseDb, sine, sweep } from '../../test/sine-quality.ts';
import { loudness } from './pcm.ts';
import { createResampler } from './resampler.ts';

const rates = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

describe('resampler', () => {
  it('gives exactly as many samples as the time asks for', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...rates),
        fc.constantFrom(...rates),
        fc.nat(5_000),
        (fromHz, toHz, samples) => {
          const { length } = resample(new Int16Array(samples), fromHz, toHz);

          expect(length).toBe(Math.round((samples * toHz) / fromHz));
        },
      ),
    );
  });

  it('gives the same samples however the sound is cut', () => {
    const cuts = fc.array(fc.nat(3_000), { maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...rates), fc.constantFrom(...rates), cuts, (fromHz, toHz, at) => {
        const pcm = sine(440, fromHz, 3_000);

        expect(resample(pcm, fromHz, toHz, at)).toEqual(resample(pcm, fromHz, toHz));
      }),
    );
  });

  it.each(conversions)(
    'keeps tones over the whole band from $fromHz to $toHz Hz clean: noise is more than 85 dB down',
    ({ fromHz, toHz }) => {
      for (const toneHz of sweep(fromHz, toHz)) {
        const made = resample(sine(toneHz, fromHz), fromHz, toHz);

        expect(signalToNoiseDb(middle(made), toneHz, toHz)).toBeGreaterThan(85);
      }
    },
  );

  it.each(conversions)(
    'makes no step at the borders of 10 ms pieces from $fromHz to $toHz Hz',
    ({ fromHz, toHz }) => {
      const piece = fromHz / 100;
      const cuts = Array.from({ length: 99 }, (_, k) => Math.round((k + 1) * piece));
      const made = middle(resample(sine(300, fromHz), fromHz, toHz, cuts));

      const steps = made.subarray(1).map((sample, i) => Math.abs(sample - made[i]!));
      const steepest = 20_000 * 2 * Math.PI * (300 / toHz);
      expect(Math.max(...steps)).toBeLessThan(steepest + 2);
    },
  );

  it.each(conversions.filter(({ fromHz, toHz }) => fromHz > toHz))(
    'takes out of $fromHz Hz what $toHz Hz cannot hold',
    ({ fromHz, toHz }) => {
      for (const toneHz of [0.52, 0.6, 0.75].map((share) => share * toHz)) {
        expect(loudness(middle(resample(sine(toneHz, fromHz), fromHz, toHz)))).toBeLessThan(0.000_1);
      }
    },
  );

  it.each(conversions)(
    'agrees with libsamplerate from $fromHz to $toHz Hz on a mixture of tones',
    async ({ fromHz, toHz }) => {
      const tones = [210, 987, 3_301, 5_003];
      const mixture = Int16Array.from({ length: fromHz }, (_, i) =>
        Math.round(tones.reduce((sum, hz) => sum + 5_000 * Math.sin((2 * Math.PI * hz * i) / fromHz), 0)),
      );
      const oracle = await create(1, fromHz, toHz, { converterType: ConverterType.SRC_SINC_BEST_QUALITY });

      const theirs = oracle.simple(Float32Array.from(mixture, (sample) => sample / 32_768));
      const ours = resample(mixture, fromHz, toHz);

      oracle.destroy();
      const worst = Math.max(
        ...middle(ours).map((sample, i) => Math.abs(sample - theirs[i + 200]! * 32_768)),
      );
      expect(worst).toBeLessThan(8);
    },
  );

  it('hands sound of the same rate through untouched', () => {
    const pcm = sine(440, 24_000, 100);

    expect(createResampler(24_000).push(pcm)).toBe(pcm);
  });
});
