import { fromPromise } from 'xstate';
import { type Clock, pause } from '../../domain/time.ts';

/** Fills a machine's deadline slot from the clock: resolves with the time at which `at` was reached. */
export const deadlineActor = (clock: Clock) =>
  fromPromise<number, { at: number }>(async ({ input, signal }) => {
    await pause(clock, input.at - clock.now(), signal);
    return clock.now();
  });
