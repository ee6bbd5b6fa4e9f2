import type { Clock } from '../domain/time.ts';

export interface ListenerWatchDeps {
  readonly clock: Clock;
  readonly silentMs: number;
  readonly lostMs: number;
  /** It said nothing for `silentMs`, or speaks again. */
  readonly onChange: (isSilent: boolean) => void;
  /** It said nothing for `lostMs`. */
  readonly onLost: () => void;
}

/** Notices a client that takes part in flow control and falls silent while it should play. */
export interface ListenerWatch {
  readonly isSilent: boolean;
  /** It has something to play, and so something to say; called again and again while that is so. */
  expect(): void;
  /** It said something. */
  spoke(): void;
  /** It has nothing to say for now, or is gone. */
  rest(): void;
}

export const createListenerWatch = ({
  clock,
  silentMs,
  lostMs,
  onChange,
  onLost,
}: ListenerWatchDeps): ListenerWatch => {
  let sinceMs = 0;
  let isSilent = false;
  let cancel: (() => void) | undefined;

  const stop = (): void => {
    cancel?.();
    cancel = undefined;
  };

  const look = (): void => {
    const forMs = clock.monotonicMs() - sinceMs;
    const limitMs = isSilent ? lostMs : silentMs;
    if (forMs < limitMs) {
      cancel = clock.after(limitMs - forMs, look);
      return;
    }
    if (isSilent) {
      stop();
      onLost();
      return;
    }
    isSilent = true;
    cancel = clock.after(lostMs - forMs, look);
    onChange(true);
  };

  return {
    get isSilent() {
      return isSilent;
    },
    expect: () => {
      if (isSilent || cancel !== undefined) return;
      sinceMs = clock.monotonicMs();
      cancel = clock.after(silentMs, look);
    },
    spoke: () => {
      sinceMs = clock.monotonicMs();
      if (!isSilent) return;
      stop();
      isSilent = false;
      onChange(false);
    },
    rest: () => {
      stop();
      isSilent = false;
    },
  };
};
