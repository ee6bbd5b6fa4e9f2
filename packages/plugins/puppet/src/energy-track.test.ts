import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEnergyTrack } from './energy-track.ts';

const tone = (ms: number, level: number): Int16Array =>
  Int16Array.from({ length: ms * 24 }, (_, i) => 32_767 * level * Math.sin(i * 0.3));

describe('energy track', () => {
  it('measures a voice against itself, so that a quiet one counts as much as a loud one', () => {
    const quiet = createEnergyTrack();
    const loud = createEnergyTrack();

    quiet.add(tone(200, 0.08), 0);
    loud.add(tone(200, 0.8), 0);

    expect(quiet.around(100_000, 20_000)).toBeGreaterThan(0.95);
    expect(loud.around(100_000, 20_000)).toBeGreaterThan(0.95);
  });

  it('takes faint noise for silence', () => {
    const energy = createEnergyTrack();

    energy.add(tone(200, 0.002), 0);

    expect(energy.around(100_000, 20_000)).toBeLessThan(0.1);
  });

  it('counts a gap between two chunks as silence', () => {
    const energy = createEnergyTrack();

    energy.add(tone(100, 0.5), 0);
    energy.add(tone(100, 0.5), 300_000);

    expect(energy.around(200_000, 40_000)).toBe(0);
    expect(energy.around(350_000, 10_000)).toBeGreaterThan(0.9);
  });

  it('gives the same levels however the sound is cut and however much is forgotten behind', () => {
    const sound = Int16Array.from(
      { length: 12_000 },
      (_, i) => 9_000 * Math.sin(i * 0.2) * Math.sin(i / 900),
    );
    const whole = createEnergyTrack();
    whole.add(sound, 0);

    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 30 }), (cuts) => {
        const cut = createEnergyTrack();
        let at = 0;
        for (const length of [...cuts, sound.length]) {
          cut.add(sound.subarray(at, at + length), Math.round((at * 1_000_000) / 24_000));
          at = Math.min(sound.length, at + length);
        }
        cut.forgetBefore(200_000);
        for (const atUs of [260_000, 333_000, 480_000]) {
          expect(cut.around(atUs, 20_000)).toBeCloseTo(whole.around(atUs, 20_000), 6);
        }
      }),
    );
  });
});
