/** How a call ended. `stopped`: it was aborted, or its reader left. */
export type Outcome = 'ended' | 'failed' | 'stopped';

/** What a layer does during one call. */
export interface Watch<Item> {
  /** Sees each item before the reader does. What it throws fails the call. */
  item?(item: Item): void;
  /** At a clean end. What it throws fails the call. */
  check?(): void;
  /** Once, at the end; `error` is there when the call failed. */
  end?(outcome: Outcome, error: unknown): void;
}

/** Called when a call begins; it refuses the call by throwing. */
export type Layer<Item> = () => Watch<Item>;

/**
 * Passes a call's items through and shows them to the layers, the outermost first. They begin when the
 * first item is asked for; one that refuses keeps those after it, and the provider, from being asked.
 */
export async function* throughLayers<Item>(
  open: () => AsyncIterable<Item>,
  layers: readonly Layer<Item>[],
  signal: AbortSignal,
): AsyncGenerator<Item, void> {
  const watches: Watch<Item>[] = [];
  let outcome: Outcome = 'stopped';
  let failure: unknown;
  try {
    for (const layer of layers) watches.push(layer());
    for await (const item of open()) {
      for (const watch of watches) watch.item?.(item);
      yield item;
    }
    if (signal.aborted) return;
    for (const watch of watches) watch.check?.();
    outcome = 'ended';
  } catch (error) {
    if (!signal.aborted) {
      outcome = 'failed';
      failure = error;
    }
    throw error;
  } finally {
    for (let at = watches.length - 1; at >= 0; at--) watches[at]!.end?.(outcome, failure);
  }
}
