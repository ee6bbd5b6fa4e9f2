import { setTimeout } from 'node:timers/promises';

/** Often enough to miss nothing, and seldom enough to leave the processor to what is waited for. */
const lookEveryMs = 2;

/** Waits until the condition holds; a condition that never holds ends with the test's own time limit. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await setTimeout(lookEveryMs);
};
