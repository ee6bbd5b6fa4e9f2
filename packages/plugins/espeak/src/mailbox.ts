/** Items handed from a pusher to one taker, in order. Unbounded: whoever pushes keeps count. */
export interface Mailbox<T> {
  push(item: T): void;
  /** No more items. Those already inside are still taken. */
  end(): void;
  /** No more items; the next `take` throws. */
  fail(error: unknown): void;
  /** The next item, or `undefined` after the end. One call at a time. */
  take(): Promise<T | undefined>;
  /** Forgets what is inside and ends. */
  discard(): void;
}

export const createMailbox = <T>(): Mailbox<T> => {
  let items: T[] = [];
  let state: 'open' | 'ended' | 'failed' = 'open';
  let reason: unknown;
  let wake: (() => void) | undefined;

  const changed = (): void => {
    wake?.();
    wake = undefined;
  };
  const close = (next: 'ended' | 'failed'): void => {
    if (state === 'open') state = next;
    changed();
  };

  return {
    push: (item) => {
      if (state !== 'open') return;
      items.push(item);
      changed();
    },
    end: () => close('ended'),
    fail: (error) => {
      items = [];
      reason ??= error;
      close('failed');
    },
    discard: () => {
      items = [];
      close('ended');
    },
    take: async () => {
      for (;;) {
        if (state === 'failed') throw reason;
        if (items.length > 0 || state === 'ended') return items.shift();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
};
