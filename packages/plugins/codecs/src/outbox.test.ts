import { describe, expect, it, vi } from 'vitest';
import { createOutbox } from './outbox.ts';

describe('outbox', () => {
  it('hands on each item once, oldest first', () => {
    const outbox = createOutbox<number>('test');

    outbox.put(1);
    outbox.put(2);

    expect(outbox.take()).toEqual([1, 2]);
    expect(outbox.take()).toEqual([]);
  });

  it('ends every wait with the first failure', async () => {
    const outbox = createOutbox<number>('test');
    const waits = [outbox.until(() => false), outbox.until(() => false)];

    outbox.fail(new Error('first'));
    outbox.fail(new Error('second'));

    const reasons = (await Promise.allSettled(waits)).map(
      (wait) => wait.status === 'rejected' && wait.reason,
    );
    for (const reason of reasons)
      expect(reason).toMatchObject({ code: 'plugin.error', cause: { message: 'first' } });
    expect(() => outbox.take()).toThrow('An encoder stopped');
  });

  it('waits a second at most for what never comes', async () => {
    vi.useFakeTimers();
    const outbox = createOutbox<number>('test');
    const waited = outbox.until(() => false);

    vi.advanceTimersByTime(1_000);

    await expect(waited).resolves.toBeUndefined();
    vi.useRealTimers();
  });
});
