import { stopped } from '../../domain/cancellation.ts';
import { TthError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/time.ts';
import type { CallBudget } from '../budget.ts';
import type { Pace } from './circuit.ts';

type Verdict<Item> = IteratorResult<Item, unknown> | 'late' | 'aborted';

/** Time is looked at this often per limit, to leave out what a provider spends waiting for its own input. */
const looks = 4;

/** Told when an item takes more than `slowShare` of its limit, in steps of a quarter. */
export interface PaceWatch {
  readonly pace: Pace;
  readonly slowShare: number;
  /** Told of each item after the first how long it was waited for. */
  readonly took?: (item: unknown, waitedMs: number) => void;
}
/** Which item says that a stream is complete, and how long it may stay open after that. */
export interface Closing<Item> {
  readonly isLast: (item: Item) => boolean;
  readonly graceMs: number;
}

const carefree = (): PaceWatch => ({ pace: { slow: false }, slowShare: 1 });

const firstOf = <Item>(
  next: Promise<IteratorResult<Item, unknown>>,
  limitMs: number,
  clock: Clock,
  signal: AbortSignal,
  owes: () => boolean,
  watch: PaceWatch,
): Promise<Verdict<Item>> =>
  new Promise((resolve, reject) => {
    const settle = (verdict: Verdict<Item>): void => {
      cancel();
      signal.removeEventListener('abort', stop);
      resolve(verdict);
    };
    const stop = (): void => settle('aborted');
    let looksLeft = looks;
    const look = (): void => {
      if (owes()) looksLeft -= 1;
      if (looks - looksLeft >= watch.slowShare * looks) watch.pace.slow = true;
      if (looksLeft === 0) settle('late');
      else cancel = clock.after(limitMs / looks, look);
    };
    let cancel = clock.after(limitMs / looks, look);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    next.then(settle, (error) => {
      cancel();
      signal.removeEventListener('abort', stop);
      reject(error);
    });
  });

const lateStart = ({ firstItemMs: limitMs, isShort }: CallBudget): TthError =>
  isShort
    ? new TthError('turn.budget', 'The turn had no time left to wait for this provider.', {
        details: { limitMs },
      })
    : new TthError('provider.timeout', 'The provider sent nothing in time.', { details: { limitMs } });

const stall = (limitMs: number): TthError =>
  new TthError('provider.stalled', 'The provider stopped sending in the middle.', { details: { limitMs } });

/**
 * Ends a call whose first or next item is late, and one that is aborted even when its provider ignores the
 * signal. Time is measured from asking for an item to getting it, so a slow consumer costs nothing; and
 * only while the provider `owes` one, so a slow source of its input costs nothing either.
 * An item that takes long but comes is noted in `watch`. A stream that stays open after the item which
 * completes it is ended by us, and well: what may follow, such as a bill, is awaited for a short time only.
 * Throws `provider.timeout` before the first item, `turn.budget` where that was due to the turn alone, and
 * `provider.stalled` after it.
 */
export async function* withDeadline<Item>(
  open: (signal: AbortSignal) => AsyncIterable<Item>,
  budget: CallBudget,
  clock: Clock,
  signal: AbortSignal,
  owes: () => boolean = () => true,
  watch: PaceWatch = carefree(),
  closing?: Closing<Item>,
): AsyncGenerator<Item, void> {
  if (signal.aborted) return;
  const call = new AbortController();
  const items = open(AbortSignal.any([signal, call.signal]))[Symbol.asyncIterator]();
  let first = true;
  let endsAtMs: number | undefined;
  try {
    for (;;) {
      const leftMs = endsAtMs === undefined ? Number.POSITIVE_INFINITY : endsAtMs - clock.monotonicMs();
      if (leftMs <= 0) return;
      const limitMs = Math.min(leftMs, first ? budget.firstItemMs : budget.idleMs);
      const pace = endsAtMs === undefined ? watch : carefree();
      const askedMs = watch.took === undefined ? 0 : clock.monotonicMs();
      const verdict = await firstOf(items.next(), limitMs, clock, signal, owes, pace);
      if (verdict === 'aborted') return;
      if (verdict === 'late' && endsAtMs !== undefined) return;
      if (verdict === 'late') {
        throw first ? lateStart(budget) : stall(limitMs);
      }
      if (verdict.done === true) return;
      if (!first) watch.took?.(verdict.value, clock.monotonicMs() - askedMs);
      first = false;
      if (closing?.isLast(verdict.value) === true) endsAtMs ??= clock.monotonicMs() + closing.graceMs;
      yield verdict.value;
    }
  } finally {
    call.abort(stopped);
    items.return?.().catch(() => {});
  }
}
