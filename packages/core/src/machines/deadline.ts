import { fromPromise } from 'xstate';

/**
 * A slot for "wait until this wall time"; resolves with the time at which it ended.
 * The runtime fills it from the `Clock` port. A restored snapshot invokes it again with the same time,
 * which an `after` would not survive.
 */
export const deadlineSlot = fromPromise<number, { at: number }>(() =>
  Promise.reject(new Error('the deadline slot is empty')),
);
