import { TthError } from '@tth/core/plugin';

/** What came out of an encoder and was not handed on yet, and what went wrong in it. */
export interface Outbox<Item> {
  readonly put: (item: Item) => void;
  /** From now on every method that can throws `plugin.error`; the first cause is kept. */
  readonly fail: (cause: unknown) => void;
  readonly refuseAfterFailure: () => void;
  /** Ends all waits so that they look again. */
  readonly wake: () => void;
  /** The items so far, oldest first. They are the caller's from now on. */
  readonly take: () => Item[];
  /** How many items were ever put in. */
  readonly count: () => number;
  /** Resolves when `isTrue` holds, asked after each `put`, `fail` and `wake`; after a second in any case. */
  readonly until: (isTrue: () => boolean) => Promise<void>;
}

/** The binary's callbacks do not keep a process alive, so the wait for them has to: hence a timer. */
const patienceMs = 1_000;

/** `name` says in errors which encoder it was. */
export const createOutbox = <Item>(name: string): Outbox<Item> => {
  let items: Item[] = [];
  let count = 0;
  let failure: TthError | undefined;
  const waits = new Set<() => void>();

  const wake = (): void => {
    for (const look of waits) look();
  };
  const refuseAfterFailure = (): void => {
    if (failure) throw failure;
  };

  return {
    put: (item) => {
      items.push(item);
      count += 1;
      wake();
    },
    fail: (cause) => {
      failure ??= new TthError('plugin.error', 'An encoder stopped. Create a new one.', {
        cause,
        details: { encoder: name },
      });
      wake();
    },
    refuseAfterFailure,
    wake,
    take: () => {
      refuseAfterFailure();
      const taken = items;
      items = [];
      return taken;
    },
    count: () => count,
    until: async (isTrue) => {
      refuseAfterFailure();
      if (isTrue()) return;
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          waits.delete(look);
          resolve();
        };
        const look = (): void => {
          if (failure || isTrue()) end();
        };
        const timer = setTimeout(end, patienceMs);
        waits.add(look);
      });
      refuseAfterFailure();
    },
  };
};
