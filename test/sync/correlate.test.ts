import { seededRandom } from '@tth/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { align, onGrid } from './correlate.ts';

const stepMs = 10;

/** Something like speech: levels that stay a while and go elsewhere. */
const murmur = (length: number, seed = 1): number[] => {
  const random = seededRandom(seed);
  let level = 0;
  return Array.from({ length }, () => (level = 0.8 * level + 0.2 * random.next()));
};

/** The same, heard so much later. */
const later = (values: readonly number[], steps: number): number[] =>
  values.map((_, n) => values[n - steps] ?? 0);

describe('alignment of two signals', () => {
  it('finds how far one was moved, ahead or behind', () => {
    fc.assert(
      fc.property(fc.integer({ min: -25, max: 25 }), fc.integer({ min: 1, max: 1_000 }), (steps, seed) => {
        const sound = murmur(600, seed);

        const { leadMs, correlation } = align(sound, later(sound, steps), stepMs, 300);

        expect(Math.abs(leadMs + steps * stepMs)).toBeLessThan(stepMs / 2);
        expect(correlation).toBeGreaterThan(0.9);
      }),
    );
  });

  it('is the same for another volume', () => {
    const sound = murmur(600);
    const mouth = later(sound, 4);

    const louder = align(
      sound.map((value) => value * 12 + 3),
      mouth,
      stepMs,
      300,
    );

    expect(louder.leadMs).toBeCloseTo(align(sound, mouth, stepMs, 300).leadMs, 6);
  });

  it('is finer than the grid', () => {
    const bump = (middle: number): number[] =>
      Array.from({ length: 200 }, (_, n) => Math.exp(-(((n - middle) / 8) ** 2)));

    const { leadMs } = align(bump(100), bump(100.4), stepMs, 300);

    expect(leadMs).toBeGreaterThan(-4.5);
    expect(leadMs).toBeLessThan(-3.5);
  });

  it('sees no likeness in what has nothing to do with each other, or stands still', () => {
    const unlike = align(murmur(3_000, 1), murmur(3_000, 2), stepMs, 300);
    const still = align(murmur(600), Array<number>(600).fill(0.5), stepMs, 300);

    expect(unlike.correlation).toBeLessThan(0.35);
    expect(still.correlation).toBe(0);
  });
});

describe('looks on a grid', () => {
  it('holds each until the next one', () => {
    const looks = [
      { atMs: 105, value: 1 },
      { atMs: 120, value: 2 },
      { atMs: 122, value: 3 },
    ];

    expect(onGrid(looks, 100, stepMs, 5)).toEqual([0, 1, 2, 3, 3]);
  });
});
