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
  /** Resolves when `isTrue` holds; it is asked after each `put`, `fail` and `wake`. */
  readonly until: (isTrue: () => boolean) => Promise<void>;
}

/** `name` says in errors which encoder it was. */
export const createOutbox = <Item>(name: string): Outbox<Item> => {
  let items: Item[] = [];
  let failure: TthError | undefined;
  let waits: (() => void)[] = [];

  const wake = (): void => {
    const ended = waits;
    waits = [];
    for (const end of ended) end();
  };
  const refuseAfterFailure = (): void => {
    if (failure) throw failure;
  };

  return {
    put: (item) => {
      items.push(item);
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
    until: async (isTrue) => {
      refuseAfterFailure();
      while (!isTrue()) {
        await new Promise<void>((resolve) => waits.push(resolve));
        refuseAfterFailure();
      }
    },
  };
};
