import { type Rail, allowed, refused } from './rail.ts';

/** Refuses what is longer than a turn may be, in characters. */
export const lengthRail = (maxLength: number): Rail => ({
  id: 'length',
  inspect: (text) => (text.length > maxLength ? refused : allowed),
});
