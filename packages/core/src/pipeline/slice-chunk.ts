import { type AudioChunk, samplesToUs, usToSamples } from '../domain/media.ts';

/** Longest piece of sound that travels at once: what an interrupt and the pacing can be late by. */
const longestUs = 100_000;

/** Cuts a long chunk into pieces of 100 ms, each with the timings that begin in it. A short one stays as it is. */
export const sliceChunk = (chunk: AudioChunk): readonly AudioChunk[] => {
  if (chunk.durationUs <= longestUs) return [chunk];
  const step = usToSamples(longestUs);
  const slices: AudioChunk[] = [];
  for (let from = 0; from < chunk.pcm.length; from += step) {
    const to = Math.min(chunk.pcm.length, from + step);
    const isFirst = from === 0;
    const isLast = to === chunk.pcm.length;
    const ptsUs = chunk.ptsUs + samplesToUs(from);
    const endUs = isLast ? chunk.ptsUs + chunk.durationUs : chunk.ptsUs + samplesToUs(to);
    const beginsHere = ({ startUs }: { readonly startUs: number }): boolean =>
      (isFirst || startUs >= ptsUs) && (isLast || startUs < endUs);
    slices.push({
      ...chunk,
      sentenceEnd: chunk.sentenceEnd && isLast,
      ptsUs,
      durationUs: endUs - ptsUs,
      pcm: chunk.pcm.subarray(from, to),
      words: chunk.words.filter(beginsHere),
      phonemes: chunk.phonemes.filter(beginsHere),
    });
  }
  return slices;
};
