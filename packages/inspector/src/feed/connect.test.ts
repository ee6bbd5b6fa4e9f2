import { describe, expect, it } from 'vitest';
import { type FeedState, type SocketListener, connectFeed, reconnectDelayMs } from './connect.ts';

const startFeed = () => {
  const sockets: (SocketListener & { closed: boolean })[] = [];
  const waits: { run: () => void; delayMs: number; cancelled: boolean }[] = [];
  const states: FeedState[] = [];
  const messages: unknown[] = [];
  const feed = connectFeed(
    {
      open: (listener) => {
        const socket = { ...listener, closed: false };
        sockets.push(socket);
        return {
          close() {
            socket.closed = true;
            socket.onClose(1005);
          },
        };
      },
      schedule: (run, delayMs) => {
        const wait = { run, delayMs, cancelled: false };
        waits.push(wait);
        return () => void (wait.cancelled = true);
      },
    },
    { onMessage: (message) => messages.push(message), onState: (state) => states.push(state) },
  );
  const tick = () => waits.at(-1)?.run();
  return { feed, sockets, waits, states, messages, tick };
};

const hello = { type: 'inspect_hello', v: 1, version: '0.1.0', startedAt: 0 };

describe('inspection feed', () => {
  it('hands on every message it knows and leaves out the rest', () => {
    const { sockets, states, messages, tick } = startFeed();
    tick();
    sockets[0]?.onOpen();

    sockets[0]?.onData(JSON.stringify(hello));
    sockets[0]?.onData('{"type":"inspect_future"}');
    sockets[0]?.onData('not json');
    sockets[0]?.onData(new ArrayBuffer(4));

    expect(states).toEqual(['connecting', 'open']);
    expect(messages).toEqual([hello]);
  });

  it('connects again after a loss, waiting longer each time until a connection opens', () => {
    const { sockets, waits, states, tick } = startFeed();
    tick();
    sockets[0]?.onClose(1006);
    tick();
    sockets[1]?.onClose(1006);
    tick();
    sockets[2]?.onOpen();
    sockets[2]?.onClose(1001);

    expect(waits.map((wait) => wait.delayMs)).toEqual([0, 500, 1_000, 500]);
    expect(states.at(-1)).toBe('waiting');
  });

  it('waits eight seconds at most', () => {
    expect(reconnectDelayMs(5)).toBe(8_000);
    expect(reconnectDelayMs(500)).toBe(8_000);
  });

  it('stays away when the server refuses it', () => {
    const { sockets, waits, states, tick } = startFeed();
    tick();
    sockets[0]?.onClose(4502);

    expect(states).toEqual(['connecting', 'refused']);
    expect(waits).toHaveLength(1);
  });

  it('ends for good when closed, whether open or waiting', () => {
    const open = startFeed();
    open.tick();
    open.feed.close();
    expect(open.sockets[0]?.closed).toBe(true);
    expect(open.states).toEqual(['connecting', 'closed']);

    const waiting = startFeed();
    waiting.tick();
    waiting.sockets[0]?.onClose(1006);
    waiting.feed.close();
    expect(waiting.waits.at(-1)?.cancelled).toBe(true);
  });
});
