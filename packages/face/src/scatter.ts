/**
 * A fixed pseudo-random number, 0 up to 1: the `n`th of the series `seed`. Whatever looks random in a face comes from
 * here, so that the same input always gives the same picture.
 */
export const scatter = (seed: number, n: number): number => {
  let hash = Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul((n | 0) + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
};
