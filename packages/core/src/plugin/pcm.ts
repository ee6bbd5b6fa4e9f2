import type { Pcm } from '../domain/media.ts';

/** Root mean square, 0 (silence) to 1 (full scale). */
export const loudness = (pcm: Pcm, from = 0, to = pcm.length): number => {
  let sum = 0;
  for (let i = from; i < to; i++) sum += pcm[i]! * pcm[i]!;
  return to > from ? Math.sqrt(sum / (to - from)) / 32_768 : 0;
};
