import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFeatureTrack } from './sound-features.ts';

const tone = (ms: number, level: number): Int16Array =>
  Int16Array.from({ length: ms * 24 }, (_, i) => 32_767 * level * Math.sin(i * 0.3));

describe('levels of sound', () => {
  it('measures a voice against itself, so that a quiet one counts as much as a loud one', () => {
    const quiet = createFeatureTrack();
    const loud = createFeatureTrack();

    quiet.add(tone(200, 0.08), 0, false);
    loud.add(tone(200, 0.8), 0, false);

    expect(quiet.levelAround(100_000, 20_000)).toBeGreaterThan(0.95);
    expect(loud.levelAround(100_000, 20_000)).toBeGreaterThan(0.95);
  });

  it('takes faint noise for silence', () => {
    const energy = createFeatureTrack();

    energy.add(tone(200, 0.002), 0, false);

    expect(energy.levelAround(100_000, 20_000)).toBeLessThan(0.1);
  });

  it('counts a gap between two chunks as silence', () => {
    const energy = createFeatureTrack();

    energy.add(tone(100, 0.5), 0, false);
    energy.add(tone(100, 0.5), 300_000, false);

    expect(energy.levelAround(200_000, 40_000)).toBe(0);
    expect(energy.levelAround(350_000, 10_000)).toBeGreaterThan(0.9);
  });

  it('gives the same levels however the sound is cut and however much is forgotten behind', () => {
    const sound = Int16Array.from(
      { length: 12_000 },
      (_, i) => 9_000 * Math.sin(i * 0.2) * Math.sin(i / 900),
    );
    const whole = createFeatureTrack();
    whole.add(sound, 0, true);

    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 30 }), (cuts) => {
        const cut = createFeatureTrack();
        let at = 0;
        for (const length of [...cuts, sound.length]) {
          cut.add(sound.subarray(at, at + length), Math.round((at * 1_000_000) / 24_000), true);
          at = Math.min(sound.length, at + length);
        }
        cut.forgetBefore(200_000);
        for (const atUs of [260_000, 333_000, 480_000]) {
          const [given, wanted] = [cut.around(atUs, 20_000), whole.around(atUs, 20_000)];
          for (const name of ['level', 'voicing', 'jaw', 'round', 'wide'] as const) {
            expect(given[name]).toBeCloseTo(wanted[name], 6);
          }
        }
      }),
    );
  });
});

/** A buzz of 120 Hz through the resonances of a vowel, loudest at 60 % of full scale. */
const vowel = (formantsHz: readonly number[], ms = 400): Int16Array => {
  let sound: number[] = Array.from({ length: ms * 24 }, (_, i) => (i % 200 === 0 ? 1 : 0));
  // A voice's source falls off by 12 dB an octave; lips give 6 of them back.
  let slow = 0;
  sound = sound.map((x) => (slow = x + 0.95 * slow));
  for (const hz of formantsHz) {
    const radius = Math.exp((-Math.PI * 90) / 24_000);
    const [a1, a2] = [2 * radius * Math.cos((2 * Math.PI * hz) / 24_000), -(radius ** 2)];
    let [y1, y2] = [0, 0];
    sound = sound.map((x) => {
      const y = (1 - a1 - a2) * x + a1 * y1 + a2 * y2;
      [y2, y1] = [y1, y];
      return y;
    });
  }
  const loudest = Math.max(...sound.map(Math.abs));
  return Int16Array.from(sound, (x) => (x / loudest) * 19_000);
};

const noise = (ms = 400): Int16Array => {
  let state = 1;
  return Int16Array.from({ length: ms * 24 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 12_000;
  });
};

const featuresOf = (sound: Int16Array) => {
  const features = createFeatureTrack();
  features.add(sound, 0, true);
  return features.around(200_000, 60_000);
};

const vowels = { ah: [730, 1_090, 2_440], ee: [270, 2_290, 3_010], oo: [300, 870, 2_240] } as const;

describe('shape of sound', () => {
  it('is voiced for vowels, breath for noise and nothing for silence', () => {
    for (const formantsHz of Object.values(vowels)) {
      expect(featuresOf(vowel(formantsHz)).voicing).toBeGreaterThan(0.9);
    }
    expect(featuresOf(noise()).voicing).toBeLessThan(0.1);
    expect(featuresOf(new Int16Array(9_600))).toEqual({
      level: 0,
      voicing: 0,
      brightness: 0,
      jaw: 0,
      round: 0,
      wide: 0,
    });
  });

  it.each([
    ['ah', 'jaw'],
    ['ee', 'wide'],
    ['oo', 'round'],
  ] as const)('of "%s" is mostly %s', (name, shape) => {
    const { jaw, round, wide } = featuresOf(vowel(vowels[name]));

    expect({ jaw, round, wide }[shape]).toBeGreaterThan(0.5);
    expect(jaw + round + wide).toBeLessThanOrEqual(1.000_001);
  });

  it('is brighter for "ee" and for breath than for "ah" and "oo"', () => {
    const bright = [vowel(vowels.ee), noise()].map((sound) => featuresOf(sound).brightness);
    const dark = [vowel(vowels.ah), vowel(vowels.oo)].map((sound) => featuresOf(sound).brightness);

    expect(Math.min(...bright)).toBeGreaterThan(1.3 * Math.max(...dark));
  });

  it('does not depend on how loud the voice is', () => {
    const loud = vowel(vowels.ee);
    const quiet = loud.map((sample) => sample / 8);

    expect(featuresOf(quiet).wide).toBeCloseTo(featuresOf(loud).wide, 1);
  });

  it('is left out for speech whose mouth shapes are known', () => {
    const features = createFeatureTrack();
    features.add(vowel(vowels.ah), 0, false);

    expect(features.around(200_000, 20_000)).toMatchObject({ voicing: 0, jaw: 0 });
    expect(features.levelAround(200_000, 20_000)).toBeGreaterThan(0.8);
  });
});
