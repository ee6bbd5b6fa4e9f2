/**
 * The items of `source` until `signal` aborts; it then ends at once, even in the middle of a wait, and tells the
 * source to stop without waiting for its answer. Look at the signal to tell the two ends apart.
 */
export async function* endOnAbort<Item>(
  source: AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const items = source[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<undefined>();
  const abort = (): void => aborted.resolve(undefined);
  signal.addEventListener('abort', abort, { once: true });
  try {
    while (!signal.aborted) {
      const item = await Promise.race([items.next(), aborted.promise]);
      if (!item || item.done) return;
      yield item.value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    items.return?.().catch(() => {});
  }
}
