/** A queue between one who is given items and one who asks for them. */
export interface Inbox<Item> {
  /** Items that nobody has asked for yet. */
  readonly length: number;
  put(item: Item): void;
  /** No more will come. What waits can still be taken; after it the reader ends, or gets `error`. */
  end(error?: unknown): void;
  /** Forgets what waits and ends the reader quietly. */
  drop(): void;
  /** For one reader at a time. To leave it gives up nothing: the next one goes on from there. */
  items(): AsyncIterable<Item>;
}

interface Ending {
  readonly error: unknown;
}

/** `onEmpty`: the last item that waited was taken. */
export const createInbox = <Item>(onEmpty: () => void = () => {}): Inbox<Item> => {
  let waiting: Item[] = [];
  let ending: Ending | undefined;
  let reader: PromiseWithResolvers<IteratorResult<Item, undefined>> | undefined;

  const done = { done: true, value: undefined } as const;
  const finish = (asked: PromiseWithResolvers<IteratorResult<Item, undefined>>): void => {
    if (ending?.error === undefined) asked.resolve(done);
    else asked.reject(ending.error);
  };
  const answer = (settle: (asked: NonNullable<typeof reader>) => void): void => {
    const asked = reader;
    reader = undefined;
    if (asked !== undefined) settle(asked);
  };

  const next = (): Promise<IteratorResult<Item, undefined>> => {
    const asked = Promise.withResolvers<IteratorResult<Item, undefined>>();
    if (waiting.length > 0) {
      asked.resolve({ done: false, value: waiting.shift()! });
      if (waiting.length === 0) onEmpty();
    } else if (ending === undefined) reader = asked;
    else finish(asked);
    return asked.promise;
  };

  return {
    get length() {
      return waiting.length;
    },
    put: (value) => {
      if (ending !== undefined) return;
      if (reader === undefined) waiting.push(value);
      else answer((asked) => asked.resolve({ done: false, value }));
    },
    end: (error) => {
      ending ??= { error };
      answer(finish);
    },
    drop: () => {
      waiting = [];
      ending = { error: undefined };
      answer(finish);
    },
    items: () => ({
      [Symbol.asyncIterator]: () => ({
        next,
        return: () => {
          answer((asked) => asked.resolve(done));
          return Promise.resolve(done);
        },
      }),
    }),
  };
};
