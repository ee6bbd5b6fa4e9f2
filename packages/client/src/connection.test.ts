import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type Said, createFakeTransport, sessionView } from '../test/fake-transport.ts';
import { type ConnectionState, createConnection } from './connection.ts';

const startConnection = () => {
  const clock = new SimulatedClock();
  const { transport, sockets, newest } = createFakeTransport();
  const states: ConnectionState[] = [];
  const messages: string[] = [];
  const seen = { sessionsLost: 0, refusals: [] as number[], media: 0 };
  const connection = createConnection(
    {
      url: new URL('ws://tth.test/v1/stream'),
      transport,
      clock,
      random: () => 0.5,
      request: () => ({ accepts: { audio: ['pcm_s16le'], video: ['pose'] } }),
    },
    {
      onOpen: () => {},
      onMessage: ({ type }) => messages.push(type),
      onMedia: () => (seen.media += 1),
      onState: (state) => states.push(state),
      onSessionLost: () => (seen.sessionsLost += 1),
      onRefused: (code) => seen.refusals.push(code),
    },
  );
  const create = (seq = 1): void => {
    newest().open();
    newest().event(seq, { type: 'session_created', ...sessionView });
  };
  const resume = (seq: number, rest: Partial<Said & { type: 'session_resumed' }> = {}): void => {
    newest().open();
    newest().event(seq, {
      type: 'session_resumed',
      ...sessionView,
      recovered: true,
      replayed: 0,
      how: 'local',
      ...rest,
    });
  };
  return { connection, clock, sockets, newest, states, messages, seen, create, resume };
};

const openConnection = () => {
  const world = startConnection();
  world.connection.connect();
  world.create();
  return world;
};

describe('connection', () => {
  it('says hello first and is open when the server answers', () => {
    const { connection, newest, states, create } = startConnection();

    connection.connect();
    expect(newest().received).toEqual([]);
    create();

    expect(newest().received).toEqual([
      { type: 'hello', v: 1, accepts: { audio: ['pcm_s16le'], video: ['pose'] } },
    ]);
    expect(states).toEqual(['connecting', 'open']);
  });

  it.each([1006, 1001, 4001, 4004, 4011])(
    'comes back after close code %i and resumes where it was',
    (code) => {
      const { clock, sockets, newest, states, resume } = openConnection();
      newest().event(2, { type: 'flow', state: 'running' });

      newest().lose(code);
      clock.increment(249);
      expect(sockets).toHaveLength(1);
      clock.increment(1);
      resume(3);

      expect(newest().last('hello').resume).toEqual({
        sessionId: 's1',
        token: 'secret-1',
        logId: 'l1',
        lastSeq: 2,
      });
      expect(states).toEqual(['connecting', 'open', 'reconnecting', 'open']);
    },
  );

  it.each([4500, 4501, 4506, 4510, 4511, 1000])('stays away after close code %i', (code) => {
    const { clock, sockets, newest, states, seen } = openConnection();

    newest().lose(code);
    clock.increment(60_000);

    expect(states.at(-1)).toBe('closed');
    expect(seen.refusals).toEqual([code]);
    expect(sockets).toHaveLength(1);
  });

  it('waits longer after every failed attempt, and starts over once it has been stable for 30 s', () => {
    const { clock, sockets, newest, resume } = openConnection();
    const waits: number[] = [];
    const attempt = (): void => {
      const before = sockets.length;
      newest().lose(1006);
      for (let ms = 0; sockets.length === before; ms += 1) {
        clock.increment(1);
        waits[before - 1] = ms + 1;
      }
    };

    for (let n = 0; n < 8; n += 1) attempt();
    resume(2);
    clock.increment(30_000);
    attempt();

    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 250]);
  });

  it('keeps its distance as long as the server asks', () => {
    const { clock, sockets, newest } = openConnection();

    newest().event(2, {
      type: 'error',
      error: { code: 'capacity.overloaded', message: 'full', retryable: true, retryAfterMs: 5_000 },
    });
    newest().lose(4006);
    clock.increment(4_999);
    expect(sockets).toHaveLength(1);
    clock.increment(1);

    expect(sockets).toHaveLength(2);
  });

  it('starts a new session once when the old one is gone, and gives up when that is refused too', () => {
    const { clock, sockets, newest, seen } = openConnection();
    newest().lose(1006);
    clock.increment(250);
    newest().open();

    newest().lose(4503);
    expect(seen.sessionsLost).toBe(1);
    newest().open();
    expect(newest().last('hello').resume).toBeUndefined();
    newest().lose(4503);

    expect(sockets).toHaveLength(3);
    expect(seen.refusals).toEqual([4503]);
  });

  it('closes with 4011 when an event is missing and resumes before the hole', () => {
    const { clock, sockets, newest, messages } = openConnection();
    newest().event(2, { type: 'flow', state: 'running' });
    newest().event(4, { type: 'flow', state: 'paused' });

    clock.increment(250);
    newest().open();

    expect(sockets[0]?.closed?.code).toBe(4011);
    expect(newest().last('hello').resume?.lastSeq).toBe(2);
    expect(messages).toEqual(['session_created', 'flow']);
  });

  it('takes what it missed also before the answer to its hello', () => {
    const { clock, newest, messages, states, resume } = openConnection();
    newest().lose(1006);
    clock.increment(250);

    newest().event(2, { type: 'flow', state: 'paused' });
    resume(3, { replayed: 1 });
    newest().event(4, { type: 'flow', state: 'running' });

    expect(messages).toEqual(['session_created', 'flow', 'session_resumed', 'flow']);
    expect(states.at(-1)).toBe('open');
  });

  it('hears nothing more from a socket that it left', () => {
    const { sockets, newest, messages, seen } = openConnection();
    newest().event(3, { type: 'flow', state: 'running' });

    sockets[0]?.event(2, { type: 'flow', state: 'running' });
    sockets[0]?.bytes(new ArrayBuffer(32));

    expect(messages).toEqual(['session_created']);
    expect(seen.media).toBe(0);
  });

  it('skips messages of a newer server without losing its place', () => {
    const { newest, messages } = openConnection();

    newest().text(JSON.stringify({ v: 2, type: 'hologram', sessionId: 's1', logId: 'l1', seq: 2, ts: 0 }));
    newest().event(3, { type: 'flow', state: 'running' });
    newest().text('no json');

    expect(messages).toEqual(['session_created', 'flow']);
    expect(newest().closed).toBeUndefined();
  });

  it('pings every 20 seconds, and leaves a server that has been silent since the last ping', () => {
    const { clock, newest, sockets } = openConnection();

    clock.increment(20_000);
    newest().event(2, { type: 'pong' });
    clock.increment(20_000);
    expect(newest().all('ping')).toHaveLength(2);
    clock.increment(20_000);

    expect(sockets[0]?.closed?.code).toBe(4005);
  });

  it('asks for a sign of life when the page was away, and leaves a server that gives none', () => {
    const { connection, clock, newest, sockets } = openConnection();
    newest().event(2, { type: 'flow', state: 'running' });

    connection.wake();
    expect(newest().all('ping')).toHaveLength(1);
    clock.increment(4_000);

    expect(sockets[0]?.closed?.code).toBe(4005);
  });

  it('stays with a server that answers after the page was away', () => {
    const { connection, clock, newest, sockets } = openConnection();

    connection.wake();
    newest().event(2, { type: 'pong' });
    clock.increment(4_000);

    expect(sockets[0]?.closed).toBeUndefined();
    expect(connection.state()).toBe('open');
  });

  it('comes back at once when the page returns, unless the server asked to be left alone', () => {
    const { connection, newest, sockets } = openConnection();
    newest().lose(1006);

    connection.wake();
    expect(sockets).toHaveLength(2);
    newest().event(2, {
      type: 'error',
      error: { code: 'capacity.overloaded', message: 'full', retryable: true, retryAfterMs: 60_000 },
    });
    newest().lose(1013);
    connection.wake();

    expect(sockets).toHaveLength(2);
  });

  it('tries again when the server does not answer the hello within 10 seconds', () => {
    const { connection, clock, sockets, newest } = startConnection();
    connection.connect();
    newest().open();

    clock.increment(10_000);
    clock.increment(250);

    expect(sockets[0]?.closed).toBeDefined();
    expect(sockets).toHaveLength(2);
  });

  it('sends commands again after every reconnect until they are answered, in their order', () => {
    const { connection, clock, newest, create, resume } = startConnection();
    connection.connect();
    connection.command({ type: 'say', clientMsgId: 'm1', text: 'one' });
    create();
    connection.command({ type: 'say', clientMsgId: 'm2', text: 'two' });
    newest().event(2, { type: 'accepted', clientMsgId: 'm1', turnId: 't1', effect: 'turn' });

    newest().lose(1006);
    connection.command({ type: 'say', clientMsgId: 'm3', text: 'three' });
    clock.increment(250);
    resume(3);

    expect(
      newest()
        .all('say')
        .map(({ clientMsgId }) => clientMsgId),
    ).toEqual(['m2', 'm3']);
  });

  it('refuses a command when 64 wait for an answer', () => {
    const { connection } = openConnection();
    for (let n = 0; n < 64; n += 1) connection.command({ type: 'say', clientMsgId: `m${n}`, text: 'x' });

    expect(() => connection.command({ type: 'say', clientMsgId: 'one more', text: 'x' })).toThrow(
      expect.objectContaining({ code: 'client.too_many_commands' }),
    );
  });

  it('ends the session when it is closed, and stays closed', () => {
    const { connection, clock, sockets, newest, states } = openConnection();

    connection.close();
    clock.increment(60_000);

    expect(newest().received.at(-1)).toEqual({ type: 'close_session' });
    expect(newest().closed?.code).toBe(1000);
    expect(states.at(-1)).toBe('closed');
    expect(sockets).toHaveLength(1);
  });
});
