import fc from 'fast-check';
import { emotionLabels } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { mannerOf, manners, nearestBasic, prosodyFor } from './prosody.ts';

const plain = { rate: 1, pitch: 1, volume: 1 };
const anyFactor = fc.float({ noNaN: true });
const anyEmotion = fc.record({
  label: fc.constantFrom(...emotionLabels),
  intensity: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe('prosody', () => {
  it("is the voice's own when nothing is asked", () => {
    expect(prosodyFor(plain, { label: 'neutral', intensity: 1 })).toEqual({
      wordsPerMinute: 175,
      pitch: 50,
      range: 50,
      volume: 100,
    });
  });

  it('raises pitch by an octave in fifty steps', () => {
    expect(prosodyFor({ ...plain, pitch: 0.5 }, { label: 'neutral', intensity: 0 }).pitch).toBe(0);
    expect(prosodyFor({ ...plain, pitch: Math.SQRT2 }, { label: 'neutral', intensity: 0 }).pitch).toBe(75);
  });

  it('has a manner for each of the fifteen emotions', () => {
    expect(Object.keys(nearestBasic).sort()).toEqual([...emotionLabels].sort());
  });

  it('goes half way to an emotion at half its intensity', () => {
    expect(mannerOf({ label: 'angry', intensity: 0.5 }).volume).toBeCloseTo((1 + manners.angry.volume) / 2);
  });

  it('stays inside what the synthesizer takes, whatever is asked', () => {
    fc.assert(
      fc.property(
        anyEmotion,
        fc.record({ rate: anyFactor, pitch: anyFactor, volume: anyFactor }),
        (emotion, control) => {
          const prosody = prosodyFor(control, emotion);

          expect(prosody.wordsPerMinute).toBeGreaterThanOrEqual(80);
          expect(prosody.wordsPerMinute).toBeLessThanOrEqual(450);
          expect(prosody.pitch).toBeGreaterThanOrEqual(0);
          expect(prosody.pitch).toBeLessThanOrEqual(99);
          expect(prosody.range).toBeLessThanOrEqual(99);
          expect(prosody.volume).toBeGreaterThanOrEqual(10);
          expect(prosody.volume).toBeLessThanOrEqual(150);
        },
      ),
    );
  });
});
