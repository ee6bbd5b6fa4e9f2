/** A stream with each item changed. Asking for an item and leaving go straight to the source, whatever it is doing. */
export const mapStream = <Item>(
  source: AsyncIterable<Item>,
  change: (item: Item) => Item,
): AsyncIterable<Item> => ({
  [Symbol.asyncIterator]: () => {
    const items = source[Symbol.asyncIterator]();
    return {
      next: async () => {
        const result = await items.next();
        return result.done === true ? result : { done: false, value: change(result.value) };
      },
      return: async () => {
        await items.return?.();
        return { done: true, value: undefined };
      },
    };
  },
});
