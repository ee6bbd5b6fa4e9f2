import { describe, expect, it } from 'vitest';
import { createPlausibility } from './plausible-timings.ts';

describe('A14: timings of a provider', () => {
  it.each<{ what: string; startsMs: number[]; kept: number[] }>([
    { what: 'in order are kept', startsMs: [0, 300, 600], kept: [0, 300, 600] },
    { what: 'at one instant are kept', startsMs: [0, 0, 300], kept: [0, 0, 300] },
    { what: 'that run backwards are left out', startsMs: [0, 600, 300, 900], kept: [0, 600, 900] },
    { what: 'before the beginning are left out', startsMs: [-10_000, 0], kept: [0] },
    { what: 'that jump ahead are left out', startsMs: [0, 300, 10_600, 900], kept: [0, 300, 900] },
    { what: 'that are no numbers are left out', startsMs: [0, Number.NaN, 300], kept: [0, 300] },
  ])('$what', ({ startsMs, kept }) => {
    const isPlausible = createPlausibility();
    const timings = startsMs.map((startMs) => ({ startUs: startMs * 1000, durationUs: 250_000 }));

    expect(timings.filter(isPlausible).map(({ startUs }) => startUs / 1000)).toEqual(kept);
  });
});
