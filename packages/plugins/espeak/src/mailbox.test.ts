import { describe, expect, it } from 'vitest';
import { createMailbox } from './mailbox.ts';

describe('mailbox', () => {
  it('hands on what was pushed before its end, in order', async () => {
    const mailbox = createMailbox<number>();

    mailbox.push(1);
    mailbox.push(2);
    mailbox.end();
    mailbox.push(3);

    expect([await mailbox.take(), await mailbox.take(), await mailbox.take()]).toEqual([1, 2, undefined]);
  });

  it('wakes a taker that came before the item', async () => {
    const mailbox = createMailbox<string>();
    const taken = mailbox.take();

    mailbox.push('late');

    expect(await taken).toBe('late');
  });

  it('gives the first failure instead of what is still inside', async () => {
    const mailbox = createMailbox<number>();
    mailbox.push(1);

    mailbox.fail(new Error('first'));
    mailbox.fail(new Error('second'));

    await expect(mailbox.take()).rejects.toThrow('first');
  });

  it('ends a waiting taker when its items are discarded', async () => {
    const mailbox = createMailbox<number>();
    const taken = mailbox.take();

    mailbox.discard();

    expect(await taken).toBeUndefined();
  });

  it('does not turn an end into a failure', async () => {
    const mailbox = createMailbox<number>();
    mailbox.end();

    mailbox.fail(new Error('too late'));

    expect(await mailbox.take()).toBeUndefined();
  });
});
