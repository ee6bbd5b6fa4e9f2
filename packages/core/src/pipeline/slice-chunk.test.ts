import { spreadWords } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AudioChunk, samplesToUs } from '../domain/media.ts';
import { sliceChunk } from './slice-chunk.ts';

const chunkOf = (samples: number, ptsUs = 0): AudioChunk => ({
  sentence: 3,
  sentenceEnd: true,
  ptsUs,
  durationUs: samplesToUs(samples),
  pcm: Int16Array.from({ length: samples }, (_, i) => i),
  words: spreadWords('some words of a sentence', samplesToUs(samples)).map((word) => ({
    ...word,
    startUs: word.startUs + ptsUs,
  })),
  phonemes: [],
  timing: 'measured',
});

describe('a long chunk', () => {
  it('travels in pieces of 100 ms that together are the chunk', () => {
    fc.assert(
      fc.property(fc.nat(60_000), fc.nat(10_000_000), (samples, ptsUs) => {
        const chunk = chunkOf(samples, ptsUs);
        const slices = sliceChunk(chunk);

        expect(slices.every(({ durationUs }) => durationUs <= 100_000)).toBe(true);
        expect(slices.flatMap(({ pcm }) => [...pcm])).toEqual([...chunk.pcm]);
        expect(slices.flatMap(({ words }) => words)).toEqual(chunk.words);
        let nextUs = ptsUs;
        for (const slice of slices) {
          expect(slice.ptsUs).toBe(nextUs);
          nextUs += slice.durationUs;
        }
        expect(nextUs).toBe(ptsUs + chunk.durationUs);
        expect(slices.map(({ sentenceEnd }) => sentenceEnd)).toEqual(
          slices.map((_, i) => i === slices.length - 1),
        );
      }),
      { numRuns: 50 },
    );
  });
});
