import { setImmediate } from 'node:timers/promises';

/** Waits until the condition holds; a condition that never holds ends with the test's own time limit. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await setImmediate();
};
