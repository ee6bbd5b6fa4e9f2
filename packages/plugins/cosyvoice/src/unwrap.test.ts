import { describe, expect, it } from 'vitest';
import { createUnwrapper } from './unwrap.ts';

/** As a server writes them that scales without clipping. */
const wrapped = (samples: readonly number[]): Int16Array => Int16Array.from(samples);
const clipped = (sample: number): number => Math.max(-32_768, Math.min(32_767, sample));
const wave = (peak: number): number[] =>
  Array.from({ length: 2_000 }, (_, at) => Math.round(peak * Math.sin(at / 15)));

describe('samples that ran over', () => {
  it.each([32_768, 33_000, 36_000, 45_000])('are clipped, as they should have been: peak %i', (peak) => {
    const samples = wave(peak);

    expect([...createUnwrapper()(wrapped(samples))]).toEqual(samples.map(clipped));
  });

  it('are mended where a run ends among them', () => {
    const samples = wave(36_000);
    const unwrap = createUnwrapper();
    const cuts = [0, 13, 14, 26, 27, 500, 2_000];

    const mended = cuts.slice(1).flatMap((to, index) => [...unwrap(wrapped(samples.slice(cuts[index], to)))]);

    expect(mended).toEqual(samples.map(clipped));
  });

  it('are told from speech, however loud', () => {
    const samples = wave(32_767);

    expect([...createUnwrapper()(wrapped(samples))]).toEqual(samples);
  });
});
