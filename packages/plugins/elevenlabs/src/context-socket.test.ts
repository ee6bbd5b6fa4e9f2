import { type Socket, systemClock } from '@tth/core/plugin';
import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { createContextSocket } from './context-socket.ts';

const never = new AbortController().signal;
const sentence = { text: 'Hi.', settings: { stability: 0.5 }, fields: {} };
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A socket on which a message comes as soon as it is asked for; `idOf` says whose. */
const endless = (idOf: (nth: number) => string) => {
  const counts = { asked: 0 };
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  async function* messages(): AsyncGenerator<string, void> {
    while (counts.asked < 10_000) {
      yield JSON.stringify({ audio: 'AAAA', contextId: idOf(counts.asked++) });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const socket: Socket = {
    messages,
    send: () => Promise.resolve(),
    close: () => closed.resolve({ code: 1000, reason: '' }),
    closed: closed.promise,
    isOpen: true,
  };
  return { socket, counts };
};

describe('a socket with several sentences', () => {
  it('is not read while the sentence has frames enough that nobody takes', async () => {
    const { socket, counts } = endless(() => 's0');
    const frames = createContextSocket(socket, { clock: systemClock, keepAliveMs: 30_000 }).speak(
      sentence,
      never,
      () => {},
    );
    await frames.next();
    await turns();
    const askedUnread = counts.asked;

    for (let read = 0; read < 20; read++) await frames.next();
    await turns();

    expect(askedUnread).toBeLessThanOrEqual(6);
    expect(counts.asked).toBeGreaterThan(20);
    expect(counts.asked).toBeLessThanOrEqual(26);
  });

  it('is read on for a sentence that somebody waits for', async () => {
    const { socket } = endless((nth) => (nth < 40 ? 's0' : 's1'));
    const contexts = createContextSocket(socket, { clock: systemClock, keepAliveMs: 30_000 });
    const unread = contexts.speak(sentence, never, () => {});
    await unread.next();
    await turns();

    const wanted = await contexts.speak(sentence, never, () => {}).next();

    expect(wanted.done).toBe(false);
  });

  it('is read on when the sentence that held it back is stopped', async () => {
    const { socket, counts } = endless(() => 's0');
    const call = new AbortController();
    const frames = createContextSocket(socket, { clock: systemClock, keepAliveMs: 30_000 }).speak(
      sentence,
      call.signal,
      () => {},
    );
    await frames.next();
    await turns();
    const before = counts.asked;

    call.abort();
    await turns();

    expect(counts.asked).toBeGreaterThan(before + 5);
    expect(await frames.next()).toEqual({ done: true, value: undefined });
  });

  it('is kept alive while somebody listens, and no longer', async () => {
    const clock = createVirtualClock();
    const sent: unknown[] = [];
    const { socket } = endless(() => 's0');
    const call = new AbortController();
    const listened = { ...socket, send: async (message: unknown) => void sent.push(message) };
    const frames = createContextSocket(listened, { clock, keepAliveMs: 30_000 }).speak(
      sentence,
      call.signal,
      () => {},
    );
    await frames.next();
    const begun = sent.length;

    await clock.advance(65_000);
    call.abort();
    await clock.advance(65_000);

    expect(sent.slice(begun)).toEqual(['{"text":""}', '{"text":""}']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('fails a sentence that comes after its end with the reason of that end, and tells that it is over', async () => {
    const closed = Promise.withResolvers<{ code: number; reason: string }>();
    async function* messages(): AsyncGenerator<string, void> {
      yield JSON.stringify({ error: 'quota_exceeded' });
      await closed.promise;
    }
    const socket: Socket = {
      messages,
      send: () => Promise.reject(new Error('not open')),
      close: () => closed.resolve({ code: 1000, reason: '' }),
      closed: closed.promise,
      isOpen: false,
    };
    const contexts = createContextSocket(socket, { clock: systemClock, keepAliveMs: 30_000 });
    await turns();
    let overs = 0;

    const spoken = contexts.speak(sentence, never, () => (overs += 1)).next();

    await expect(spoken).rejects.toMatchObject({ code: 'provider.misconfigured' });
    expect(overs).toBe(1);
  });
});
