import { once } from 'node:events';
import { createInferContext, createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { stopped } from '../domain/cancellation.ts';
import type { SessionId } from '../domain/ids.ts';
import { type Log, silentLog } from '../plugin/services.ts';
import { type Conversable, createConversations } from './conversations.ts';
import { throughLayers } from './layers/layer.ts';

const idleMs = 30_000;
const [one, two] = ['s_1', 's_2'] as [SessionId, SessionId];

/** An adapter that keeps sessions, as `told` says: the call or the opening fails, hangs or goes well. */
const keeper = (id = 'keeper') => {
  const state = {
    told: 'ok' as 'ok' | 'call fails' | 'call hangs' | 'opening fails' | 'opening hangs' | 'close fails',
    opened: [] as SessionId[],
    closed: [] as SessionId[],
    aborted: [] as SessionId[],
  };
  const adapter: Conversable = {
    id,
    inferStream: () => {
      throw new Error('the adapter was asked without its session');
    },
    openSession: async ({ sessionId, signal }) => {
      state.opened.push(sessionId);
      signal.addEventListener('abort', () => state.aborted.push(sessionId));
      if (state.told === 'opening hangs') await new Promise(() => {});
      if (state.told === 'opening fails') throw new Error('as told');
      const number = state.opened.length;
      return {
        async *inferStream(input, _control, context) {
          yield `${input as string} in ${number}`;
          if (state.told === 'call fails') throw new Error('as told');
          if (state.told === 'call hangs') await once(context.signal, 'abort');
        },
        close: async () => {
          state.closed.push(sessionId);
          if (state.told === 'close fails') throw new Error('as told');
        },
      };
    },
  };
  return { adapter, state };
};

const start = () => {
  const clock = createVirtualClock();
  const warned: string[] = [];
  const log: Log = { ...silentLog, warn: (_fields, message) => warned.push(message) };
  const conversations = createConversations({ clock, log, idleMs });
  /** The items of a call, or why it failed. */
  const call = async (
    { adapter }: Pick<ReturnType<typeof keeper>, 'adapter'>,
    conversation: SessionId,
    signal = new AbortController().signal,
  ): Promise<unknown> => {
    const { layers, infer } = conversations.call(adapter, conversation);
    const items: unknown[] = [];
    try {
      const open = () => infer('hi', undefined, createInferContext({ signal, clock }));
      for await (const item of throughLayers(open, layers, signal)) items.push(item);
      return items;
    } catch (error) {
      return (error as Error).message;
    }
  };
  return { clock, conversations, call, warned };
};

describe('what an adapter keeps for a conversation', () => {
  it('is opened by the first call and serves the later ones of that conversation', async () => {
    const { conversations, call } = start();
    const provider = keeper();

    expect(await call(provider, one)).toEqual(['hi in 1']);
    expect(await call(provider, one)).toEqual(['hi in 1']);
    expect(await call(provider, two)).toEqual(['hi in 2']);

    expect(provider.state).toMatchObject({ opened: [one, two], closed: [] });
    expect(conversations.size).toBe(2);
  });

  it('is opened once by calls that come at the same time', async () => {
    const { call } = start();
    const provider = keeper();

    await Promise.all([call(provider, one), call(provider, one)]);

    expect(provider.state.opened).toEqual([one]);
  });

  it('is another one for each adapter', async () => {
    const { conversations, call } = start();
    const [first, second] = [keeper('first'), keeper('second')];

    await call(first, one);
    await call(second, one);

    expect([first.state.opened, second.state.opened]).toEqual([[one], [one]]);
    expect(conversations.size).toBe(2);
  });

  it('is nothing for an adapter that keeps nothing', async () => {
    const { conversations, call } = start();
    const adapter: Conversable = {
      id: 'plain',
      async *inferStream(input) {
        yield `${input as string} at once`;
      },
    };

    expect(await call({ adapter }, one)).toEqual(['hi at once']);
    expect(conversations.size).toBe(0);
  });

  it('is closed when the conversation ends, and that of nobody else', async () => {
    const { clock, conversations, call } = start();
    const provider = keeper();
    await call(provider, one);
    await call(provider, two);

    conversations.end(one);
    await clock.settle();

    expect(provider.state).toMatchObject({ closed: [one], aborted: [one] });
    expect(conversations.size).toBe(1);
  });

  it('is closed after a call that failed, and opened anew by the next', async () => {
    const { call } = start();
    const provider = keeper();
    await call(provider, one);
    provider.state.told = 'call fails';

    expect(await call(provider, one)).toBe('as told');
    provider.state.told = 'ok';

    expect(await call(provider, one)).toEqual(['hi in 2']);
    expect(provider.state).toMatchObject({ opened: [one, one], closed: [one] });
  });

  it('is kept when a call is stopped', async () => {
    const { clock, call } = start();
    const provider = keeper();
    const turn = new AbortController();
    provider.state.told = 'call hangs';

    const stoppedCall = call(provider, one, turn.signal);
    await clock.settle();
    turn.abort(stopped);
    await stoppedCall;
    provider.state.told = 'ok';

    expect(await call(provider, one)).toEqual(['hi in 1']);
    expect(provider.state).toMatchObject({ opened: [one], closed: [] });
  });

  it('goes on being opened when the call that wanted it is stopped', async () => {
    const { clock, call } = start();
    const provider = keeper();
    const turn = new AbortController();
    provider.state.told = 'opening hangs';

    const stoppedCall = call(provider, one, turn.signal);
    await clock.settle();
    turn.abort(stopped);

    expect(await stoppedCall).toEqual([]);
    expect(provider.state).toMatchObject({ opened: [one], aborted: [] });
  });

  it('that could not be opened, after the call that wanted it was stopped, is no failure of the next call', async () => {
    const { clock, conversations, call } = start();
    const provider = keeper();
    const { openSession } = provider.adapter;
    const opening = Promise.withResolvers<never>();
    provider.adapter.openSession = () => opening.promise;
    const turn = new AbortController();
    const stoppedCall = call(provider, one, turn.signal);
    await clock.settle();
    turn.abort(stopped);
    await stoppedCall;

    opening.reject(new Error('too late for anybody'));
    await clock.settle();
    const kept = conversations.size;
    provider.adapter.openSession = openSession!;

    expect(kept).toBe(0);
    expect(await call(provider, one)).toEqual(['hi in 1']);
  });

  it('that cannot be opened fails the call, and is tried again by the next', async () => {
    const { conversations, call } = start();
    const provider = keeper();
    provider.state.told = 'opening fails';

    expect(await call(provider, one)).toBe('as told');
    expect(conversations.size).toBe(0);
    provider.state.told = 'ok';

    expect(await call(provider, one)).toEqual(['hi in 2']);
    expect(provider.state.closed).toEqual([]);
  });

  it('is closed after half a minute without a call, and not while one runs', async () => {
    const { clock, conversations, call } = start();
    const [idle, busy] = [keeper('idle'), keeper('busy')];
    await call(idle, one);
    busy.state.told = 'call hangs';
    void call(busy, one);
    await clock.settle();

    await clock.advance(idleMs - 1);
    const before = conversations.size;
    await clock.advance(1);

    expect([before, conversations.size]).toEqual([2, 1]);
    expect([idle.state.closed, busy.state.closed]).toEqual([[one], []]);
  });

  it('is closed when its adapter is given a rest, as soon as no call uses it', async () => {
    const { clock, conversations, call } = start();
    const provider = keeper();
    await call(provider, one);
    const turn = new AbortController();
    provider.state.told = 'call hangs';
    const running = call(provider, two, turn.signal);
    await clock.settle();

    conversations.retire(provider.adapter);
    await clock.settle();
    const closedAtOnce = [...provider.state.closed];
    turn.abort(stopped);
    await running;
    await clock.settle();

    expect(closedAtOnce).toEqual([one]);
    expect(provider.state.closed).toEqual([one, two]);
    expect(conversations.size).toBe(0);
  });

  it('that fails to close hurts nobody and is told of', async () => {
    const { conversations, call, warned } = start();
    const provider = keeper();
    await call(provider, one);
    provider.state.told = 'close fails';

    conversations.end(one);
    await conversations.close();

    expect(warned).toEqual(['the session of an adapter did not close cleanly']);
  });

  it('that never comes to be keeps nobody from closing, and is closed should it come', async () => {
    const { clock, conversations, call } = start();
    const provider = keeper();
    const opening = Promise.withResolvers<void>();
    const { openSession } = provider.adapter;
    provider.adapter.openSession = async (context) => {
      await opening.promise;
      return await openSession!(context);
    };
    void call(provider, one);
    await clock.settle();

    let isClosed = false;
    const closing = conversations.close().then(() => (isClosed = true));
    await clock.advance(2_000);
    await closing;
    opening.resolve();
    await clock.settle();

    expect(isClosed).toBe(true);
    expect(provider.state).toMatchObject({ opened: [one], closed: [one] });
    expect(clock.pendingTimers).toBe(0);
  });
});
