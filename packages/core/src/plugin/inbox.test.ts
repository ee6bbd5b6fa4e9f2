import { describe, expect, it } from 'vitest';
import { createInbox } from './inbox.ts';

const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};

describe('inbox', () => {
  it('gives what waits in order, then its ending', async () => {
    const inbox = createInbox<number>();
    inbox.put(1);
    inbox.put(2);
    inbox.end();
    inbox.put(3);

    expect(await collect(inbox.items())).toEqual([1, 2]);
    expect(await collect(inbox.items())).toEqual([]);
  });

  it('gives an error after what came before it, and only the first one', async () => {
    const inbox = createInbox<number>();
    const reader = inbox.items()[Symbol.asyncIterator]();
    inbox.put(1);
    inbox.end(new Error('first'));
    inbox.end(new Error('second'));

    expect(await reader.next()).toEqual({ done: false, value: 1 });
    await expect(reader.next()).rejects.toThrow('first');
  });

  it('hands an item to a reader who waits, so that nothing waits for him', async () => {
    const inbox = createInbox<number>();
    const asked = inbox.items()[Symbol.asyncIterator]().next();

    inbox.put(1);

    expect(inbox.length).toBe(0);
    expect(await asked).toEqual({ done: false, value: 1 });
  });

  it('tells when the last item that waited was taken', async () => {
    let emptied = 0;
    const inbox = createInbox<number>(() => (emptied += 1));
    const reader = inbox.items()[Symbol.asyncIterator]();
    inbox.put(1);
    inbox.put(2);

    await reader.next();
    const before = emptied;
    await reader.next();

    expect([before, emptied]).toEqual([0, 1]);
  });

  it('that is dropped forgets what waits and ends its reader quietly', async () => {
    const inbox = createInbox<number>();
    const reader = inbox.items()[Symbol.asyncIterator]();
    const asked = reader.next();
    inbox.drop();
    inbox.put(1);

    expect(await asked).toEqual({ done: true, value: undefined });
    expect(await collect(inbox.items())).toEqual([]);
  });

  it('goes on with the next reader where one has left', async () => {
    const inbox = createInbox<number>();
    inbox.put(1);
    inbox.put(2);
    inbox.end();

    for await (const item of inbox.items()) if (item === 1) break;

    expect(await collect(inbox.items())).toEqual([2]);
  });

  it('lets a reader who waits leave without losing the next item', async () => {
    const inbox = createInbox<number>();
    const reader = inbox.items()[Symbol.asyncIterator]();
    const asked = reader.next();
    await reader.return?.();
    inbox.put(1);
    inbox.end();

    expect(await asked).toEqual({ done: true, value: undefined });
    expect(await collect(inbox.items())).toEqual([1]);
  });
});
