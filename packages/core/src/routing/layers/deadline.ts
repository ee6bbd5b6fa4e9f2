import { TthError } from '../../domain/errors.ts';
import type { StageBudget } from '../../domain/policies.ts';
import type { Clock } from '../../domain/time.ts';

type Verdict<Item> = IteratorResult<Item, unknown> | 'late' | 'aborted';

const firstOf = <Item>(
  next: Promise<IteratorResult<Item, unknown>>,
  limitMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Verdict<Item>> =>
  new Promise((resolve, reject) => {
    const settle = (verdict: Verdict<Item>): void => {
      cancel();
      signal.removeEventListener('abort', stop);
      resolve(verdict);
    };
    const stop = (): void => settle('aborted');
    const cancel = clock.after(limitMs, () => settle('late'));
    signal.addEventListener('abort', stop, { once: true });
    next.then(settle, (error: unknown) => {
      cancel();
      signal.removeEventListener('abort', stop);
      reject(error as Error);
    });
  });

/**
 * Ends a call whose first or next item is late, and one that is aborted even when its provider ignores the
 * signal. Time is measured from asking for an item to getting it, so a slow consumer costs nothing.
 * Throws `provider.timeout` before the first item and `provider.stalled` after it.
 */
export async function* withDeadline<Item>(
  open: (signal: AbortSignal) => AsyncIterable<Item>,
  budget: StageBudget,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Item, void> {
  if (signal.aborted) return;
  const call = new AbortController();
  const items = open(AbortSignal.any([signal, call.signal]))[Symbol.asyncIterator]();
  let first = true;
  try {
    for (;;) {
      const verdict = await firstOf(items.next(), first ? budget.firstItemMs : budget.idleMs, clock, signal);
      if (verdict === 'aborted') return;
      if (verdict === 'late') {
        throw first
          ? new TthError('provider.timeout', 'The provider sent nothing in time.', {
              details: { limitMs: budget.firstItemMs },
            })
          : new TthError('provider.stalled', 'The provider stopped sending in the middle.', {
              details: { limitMs: budget.idleMs },
            });
      }
      if (verdict.done === true) return;
      first = false;
      yield verdict.value;
    }
  } finally {
    call.abort();
    items.return?.().catch(() => {});
  }
}
