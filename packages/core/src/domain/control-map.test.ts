import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ControlMap, writeControls, writeNumber } from './control-map.ts';

/** Rules in the manner of services that people use: a clamped factor, semitones, a length instead of a rate, steps. */
const map: ControlMap = {
  rate: { to: 'voice_settings.speed', range: { min: 0.7, max: 1.2 } },
  pitch: { to: 'semitones', range: { min: 0.5, max: 2 }, scale: 'octaves', factor: 12, step: 1 },
  volume: { to: 'volume', range: { min: 0, max: 2 }, factor: 50, limits: { min: 0, max: 100 }, step: 1 },
  emotion: { to: 'voice_settings.mood', values: { happy: 'joy', sad: 2 }, otherwise: 'plain' },
  gesture: { to: 'gesture', values: { wave: true } },
  voice: { to: 'voice_id' },
};

describe('writing controls as a provider has them', () => {
  it('renames, scales, rounds and nests', () => {
    expect(
      writeControls(map, {
        rate: 1.1,
        pitch: 2,
        volume: 1.234,
        emotion: 'happy',
        gesture: 'wave',
        voice: 'ava',
      }),
    ).toEqual({
      voice_settings: { speed: 1.1, mood: 'joy' },
      semitones: 12,
      volume: 62,
      gesture: true,
      voice_id: 'ava',
    });
  });

  it('leaves out what has no value, no rule or no word for it', () => {
    expect(writeControls(map, { gesture: 'nod', style: 'loud', voice: undefined })).toEqual({});
    expect(writeControls(map, { emotion: 'constructor' })).toEqual({ voice_settings: { mood: 'plain' } });
  });

  it('writes a rate as a length where that is what the provider takes', () => {
    const rule = { to: 'length_scale', range: { min: 0.25, max: 4 }, scale: 'inverse' } as const;

    expect(writeNumber(2, rule)).toBe(0.5);
    expect(writeNumber(9, rule)).toBe(0.25);
  });

  it('stays inside the limits of the provider, whatever is asked', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        const written = writeControls(map, { volume: value, rate: value }) as {
          volume: number;
          voice_settings: { speed: number };
        };

        expect(written.volume).toBeGreaterThanOrEqual(0);
        expect(written.volume).toBeLessThanOrEqual(100);
        expect(written.voice_settings.speed).toBeGreaterThanOrEqual(0.7);
        expect(written.voice_settings.speed).toBeLessThanOrEqual(1.2);
      }),
    );
  });
});
