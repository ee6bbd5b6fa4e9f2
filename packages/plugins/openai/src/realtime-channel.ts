/** What one response gives, between the reader of its socket and its listener. */
export interface Channel<Item> {
  /** The listener waits and there is nothing for it. */
  readonly isWaiting: boolean;
  put(item: Item): void;
  /** No more will come. What is there can still be taken; then the listener ends, or gets `error`. */
  end(error?: unknown): void;
  /** For one listener. */
  items(): AsyncGenerator<Item, void>;
}

/** `onWait`: the listener has begun to wait. */
export const createChannel = <Item>(onWait: () => void): Channel<Item> => {
  const items: Item[] = [];
  let ending: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  const tell = (): void => {
    const told = wake;
    wake = undefined;
    told?.();
  };
  return {
    get isWaiting() {
      return wake !== undefined;
    },
    put: (item) => {
      if (ending !== undefined) return;
      items.push(item);
      tell();
    },
    end: (error) => {
      ending ??= { error };
      tell();
    },
    async *items() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (ending === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            onWait();
          });
        } else if (ending.error === undefined) return;
        else throw ending.error;
      }
    },
  };
};
