import { type ErrorCode, type TthError, isTthError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/time.ts';
import type { Layer, Outcome } from './layer.ts';

/** What calls to one provider came to, since the start. Every call counts, probes and late ones too. */
export interface CallCounts {
  readonly calls: number;
  readonly inFlight: number;
  readonly ended: number;
  readonly failed: number;
  readonly stopped: number;
  readonly last: Outcome | undefined;
  /** Of the last call that failed; `internal.unexpected` for what is not of the error table. */
  readonly lastFailure: ErrorCode | undefined;
  /** From the call to its first useful item, averaged: each new call weighs a fifth. */
  readonly firstItemMs: number | undefined;
}

export interface Observer {
  readonly counts: CallCounts;
  layer<Item>(isUseful?: (item: Item) => boolean): Layer<Item>;
}

const weightOfTheNew = 0.2;

/** `onFailure` is told every failure that has a code. */
export const createObserver = (clock: Clock, onFailure: (error: TthError) => void = () => {}): Observer => {
  const counts: { -readonly [Field in keyof CallCounts]: CallCounts[Field] } = {
    calls: 0,
    inFlight: 0,
    ended: 0,
    failed: 0,
    stopped: 0,
    last: undefined,
    lastFailure: undefined,
    firstItemMs: undefined,
  };
  const noteFirstItem = (tookMs: number): void => {
    const before = counts.firstItemMs ?? tookMs;
    counts.firstItemMs = before + (tookMs - before) * weightOfTheNew;
  };
  return {
    counts,
    layer:
      (isUseful = () => true) =>
      () => {
        const startedMs = clock.monotonicMs();
        let isAnswered = false;
        counts.calls += 1;
        counts.inFlight += 1;
        return {
          item: (item) => {
            if (isAnswered || !isUseful(item)) return;
            isAnswered = true;
            noteFirstItem(clock.monotonicMs() - startedMs);
          },
          end: (outcome, error) => {
            counts.inFlight -= 1;
            counts[outcome] += 1;
            counts.last = outcome;
            if (outcome !== 'failed') return;
            counts.lastFailure = isTthError(error) ? error.code : 'internal.unexpected';
            if (isTthError(error)) onFailure(error);
          },
        };
      },
  };
};
