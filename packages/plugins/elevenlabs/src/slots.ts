import { type Clock, TthError, pause } from '@tth/core/plugin';
import { slotPatienceMs } from './errors.ts';

/** How many sentences may be spoken at one time. */
export interface Slots {
  readonly limit: number;
  readonly taken: number;
  /** Waits 200 ms for a slot and takes it; gives what frees it again. Throws `provider.rate_limited`. */
  take(signal: AbortSignal): Promise<() => void>;
  /** What ElevenLabs says that the account may do. */
  learn(limit: number): void;
  /** ElevenLabs refused one: others use the account too. Fewer for a minute. */
  lower(): void;
}

const loweredForMs = 60_000;

export const createSlots = (planned: number, clock: Clock): Slots => {
  let taken = 0;
  let allowed = planned;
  let lowered = Number.POSITIVE_INFINITY;
  let loweredUntilMs = 0;
  const waiting = new Set<() => void>();

  const limit = (): number => (clock.monotonicMs() < loweredUntilMs ? Math.min(allowed, lowered) : allowed);
  const isFree = (): boolean => taken < limit();
  const free = (): void => {
    taken -= 1;
    const [next] = waiting;
    next?.();
  };

  /** Until something is freed, the signal aborts or `forMs` are over. */
  const wait = async (signal: AbortSignal, forMs: number): Promise<void> => {
    const given = new AbortController();
    const take = (): void => given.abort();
    waiting.add(take);
    await pause(clock, forMs, AbortSignal.any([signal, given.signal]));
    waiting.delete(take);
  };

  return {
    get limit() {
      return limit();
    },
    get taken() {
      return taken;
    },
    take: async (signal) => {
      const untilMs = clock.monotonicMs() + slotPatienceMs;
      for (let leftMs = slotPatienceMs; !isFree() && leftMs > 0 && !signal.aborted;) {
        await wait(signal, leftMs);
        leftMs = untilMs - clock.monotonicMs();
      }
      signal.throwIfAborted();
      if (!isFree()) {
        throw new TthError(
          'provider.rate_limited',
          'As much is being spoken as the ElevenLabs plan allows.',
          {
            details: { limit: limit() },
            retryAfterMs: slotPatienceMs,
          },
        );
      }
      taken += 1;
      let isTaken = true;
      return () => {
        if (isTaken) free();
        isTaken = false;
      };
    },
    learn: (known) => {
      if (known > 0) allowed = Math.min(planned, known);
    },
    lower: () => {
      lowered = Math.max(1, limit() - 1);
      loweredUntilMs = clock.monotonicMs() + loweredForMs;
    },
  };
};
