import { stopped } from '../../domain/cancellation.ts';
import { errorTable, isTthError } from '../../domain/errors.ts';
import type { Random } from '../../domain/ids.ts';
import type { RetryPolicy } from '../../domain/policies.ts';
import { type Clock, pause } from '../../domain/time.ts';

/** Bounds the second tries of a stage, so that they never multiply the load of a provider that fails. */
export interface RetryBudget {
  /** Second tries that wait or have not answered yet. */
  readonly retries: number;
  /** False when there are too many; true takes one, to be given back by `release`. */
  take(): boolean;
  release(): void;
}

/** `inFlight`: calls of the stage at this moment. */
export const createRetryBudget = (
  { budgetShare, budgetMin }: RetryPolicy,
  inFlight: () => number,
): RetryBudget => {
  let retries = 0;
  return {
    get retries() {
      return retries;
    },
    take: () => {
      if (retries >= Math.max(budgetMin, inFlight() * budgetShare)) return false;
      retries += 1;
      return true;
    },
    release: () => void (retries -= 1),
  };
};

export interface RetryDeps {
  readonly policy: RetryPolicy;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds until the provider may be asked again; Infinity when the error should go elsewhere. */
  readonly readyInMs: () => number;
}

/** A turn without time for one try has none for two. */
const canHelp = (error: unknown): boolean =>
  !isTthError(error) || (errorTable[error.code].retry !== 'never' && error.code !== 'turn.budget');

/** How long to wait before the second try; `undefined` where there should be none. */
const waitAfter = (error: unknown, { policy, random, readyInMs }: RetryDeps): number | undefined => {
  if (!canHelp(error)) return undefined;
  const { minDelayMs, maxDelayMs, maxPatienceMs } = policy;
  const askedMs = (isTthError(error) && error.retryAfterMs) || 0;
  const restMs = Math.max(askedMs, readyInMs());
  if (restMs > maxPatienceMs) return undefined;
  return restMs + minDelayMs + random.next() * (maxDelayMs - minDelayMs);
};

/**
 * Tries a call that fails before its first item once more, after a random wait that is no shorter than
 * the provider asked for. Not for errors whose row says `never`, and within the stage's budget. Items
 * after the first come straight from the provider's stream.
 */
export const withRetry = <Item>(
  open: () => AsyncIterable<Item>,
  deps: RetryDeps,
  signal: AbortSignal,
): AsyncIterable<Item> => ({
  [Symbol.asyncIterator]: () => {
    const { budget, clock, readyInMs } = deps;
    let call: AsyncIterator<Item> | undefined;
    const leaving = new AbortController();

    const begin = (): Promise<IteratorResult<Item, unknown>> => {
      call = open()[Symbol.asyncIterator]();
      return call.next();
    };
    const again = async (waitMs: number, error: unknown): Promise<IteratorResult<Item, unknown>> => {
      try {
        await pause(clock, waitMs, AbortSignal.any([signal, leaving.signal]));
        if (signal.aborted || leaving.signal.aborted) return { done: true, value: undefined };
        if (readyInMs() > 0) throw error;
        return await begin();
      } finally {
        budget.release();
      }
    };
    const first = async (): Promise<IteratorResult<Item, unknown>> => {
      try {
        return await begin();
      } catch (error) {
        const waitMs = signal.aborted ? undefined : waitAfter(error, deps);
        if (waitMs === undefined || !budget.take()) throw error;
        return await again(waitMs, error);
      }
    };
    return {
      next: () => (call === undefined ? first() : call.next()),
      return: async () => {
        leaving.abort(stopped);
        await call?.return?.();
        return { done: true, value: undefined };
      },
    };
  },
});
