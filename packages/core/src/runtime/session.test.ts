import {
  createRecordingLog,
  recordSession,
  scriptedAvatar,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import type { Policies } from '../domain/policies.ts';
import type { PluginSource } from '../plugin/host.ts';

const reply = 'One two three. Four five six. Seven eight nine.';

const start = async (policies: Partial<Policies> = {}) => {
  const llm = scriptedLlm({ reply });
  const tts = scriptedTts();
  const avatar = scriptedAvatar();
  const virtual = await startVirtualEngine({ plugins: [scriptedPlugin([llm, tts, avatar])], policies });
  return { ...virtual, openCalls: () => llm.log.open + tts.log.open + avatar.log.open };
};

describe('a session whose client goes away', () => {
  it('releases everything at once, in the middle of a turn, when no time to come back is given', async () => {
    const { engine, clock, connect, openCalls } = await start({ resumeWindowMs: 0 });
    const client = connect();
    client.ask('Hi');
    await clock.advance(500);

    client.session.detach(client.outlet);
    await client.session.closed;
    await clock.settle();

    expect(engine.sessions()).toEqual([]);
    expect([openCalls(), clock.pendingTimers]).toEqual([0, 0]);
  });

  it.each([
    { resumeWindowMs: 1_000, goneMs: 999, alive: 1 },
    { resumeWindowMs: 1_000, goneMs: 1_001, alive: 0 },
  ])(
    'is kept for $resumeWindowMs ms, so after $goneMs ms there are $alive',
    async ({ goneMs, alive, ...policies }) => {
      const { engine, clock, connect } = await start(policies);
      const client = connect();

      client.session.detach(client.outlet);
      await clock.advance(goneMs);

      expect(engine.sessions()).toHaveLength(alive);
    },
  );

  it('gives up a session to which nobody ever connected', async () => {
    const { engine, clock } = await start({ resumeWindowMs: 0 });
    engine.createSession({ accepts: { audio: [], video: [] } });

    await clock.advance(4_000);
    expect(engine.sessions()).toHaveLength(1);
    await clock.advance(2_000);

    expect(engine.sessions()).toHaveLength(0);
  });

  it('replays what was missed and goes on where the sound was', async () => {
    const { clock, connect } = await start();
    const client = connect();
    client.ask('Hi');
    await clock.advance(500);
    const { session } = client;
    const lastSeq = client.events.at(-1)!.seq;
    session.detach(client.outlet);
    session.handle({ type: 'ping', t: 1 });
    await clock.advance(5_000);

    const back = recordSession(session, clock, {
      deliver: (outlet) => session.resume(outlet, session.logId, lastSeq),
    });
    await clock.advance(10_000);

    expect(back.events.slice(0, 2)).toMatchObject([
      { type: 'pong', seq: lastSeq + 1 },
      { type: 'session_resumed', recovered: true, replayed: 1 },
    ]);
    const all = [...client.media, ...back.media].filter(({ item }) => item.kind === 'audio');
    let nextUs = 0;
    for (const { item } of all) {
      expect(item.ptsUs).toBe(nextUs);
      nextUs += item.durationUs;
    }
    expect(back.ends).toMatchObject([{ type: 'turn_completed' }]);
  });

  it.each([
    { what: 'its log is another one', logId: 'l_other', lastSeq: 2 },
    { what: 'it knows more than there is', logId: undefined, lastSeq: 9_999 },
    { what: 'too much happened meanwhile', logId: undefined, lastSeq: 1 },
  ])('tells the state afresh when $what', async ({ logId, lastSeq }) => {
    const { clock, connect } = await start({ historyEvents: 3 });
    const client = connect();
    client.ask('Hi');
    await clock.advance(500);
    const { session } = client;

    const back = recordSession(session, clock, {
      deliver: (outlet) => session.resume(outlet, logId ?? session.logId, lastSeq),
    });

    expect(back.events).toMatchObject([
      { type: 'session_resumed', recovered: false, replayed: 0 },
      { type: 'session_state', state: 'inTurn.speaking', openTurn: { turn: 1, text: reply } },
    ]);
  });

  it('belongs to the newest connection', async () => {
    const { clock, connect } = await start();
    const client = connect();
    const { session } = client;
    let replaced = 0;
    Object.assign(client.outlet, { replaced: () => (replaced += 1) });
    const before = client.events.length;

    const next = recordSession(session, clock);
    session.detach(client.outlet);
    session.handle({ type: 'ping' });

    expect(replaced).toBe(1);
    expect(client.events).toHaveLength(before);
    expect(next.events.at(-1)?.type).toBe('pong');
  });
});

const storePlugin = (store: object): PluginSource => ({
  name: 'store',
  load: async () => ({
    default: {
      name: 'store',
      apiVersion: 1,
      services: [{ port: 'sessionStore', create: async () => store }],
    },
  }),
});

describe('a session and its store', () => {
  it('leaves nothing in the store when it has closed', async () => {
    const asked: string[] = [];
    const store = {
      save: async () => {
        asked.push('save');
      },
      load: async () => undefined,
      delete: async () => {
        asked.push('delete');
      },
    };
    const { clock, connect } = await startVirtualEngine({
      plugins: [storePlugin(store), scriptedPlugin([scriptedLlm({ reply: 'Yes.' }), scriptedTts()])],
    });
    const client = connect();
    client.ask('First');
    await clock.advance(1_000);

    void client.session.close('done');
    await clock.advance(10);

    expect(asked).toEqual(['save', 'delete']);
  });

  it('keeps what was said, and is not hurt by a store that fails', async () => {
    const saved: { outcome: string; user: string | undefined }[][] = [];
    const store = {
      save: (record: { turns: readonly { outcome: string; user: string | undefined }[] }) => {
        saved.push(record.turns.map(({ outcome, user }) => ({ outcome, user })));
        throw new Error('the disk is full');
      },
      load: async () => undefined,
      delete: async () => {},
    };
    const { clock, connect } = await startVirtualEngine({
      plugins: [storePlugin(store), scriptedPlugin([scriptedLlm({ reply: 'Yes.' }), scriptedTts()])],
      policies: { historyTurns: 2 },
    });
    const client = connect();

    client.ask('First');
    await clock.advance(1_000);
    client.say('Second');
    client.ask('Third');
    await clock.advance(1_000);

    expect(saved).toEqual([
      [{ outcome: 'completed', user: 'First' }],
      [
        { outcome: 'completed', user: 'First' },
        { outcome: 'stopped', user: undefined },
      ],
      [
        { outcome: 'stopped', user: undefined },
        { outcome: 'completed', user: 'Third' },
      ],
    ]);
  });
});

describe('an engine', () => {
  it('ends every session and closes every adapter when it closes', async () => {
    const { engine, clock, connect, openCalls } = await start();
    const clients = [connect(), connect()];
    clients[0]!.ask('Hi');
    await clock.advance(500);

    await engine.close();
    await clock.settle();

    expect(clients.map((client) => client.events.at(-1)?.type)).toEqual(['session_closed', 'session_closed']);
    expect([engine.sessions().length, openCalls(), clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  it('closes what it started when routes name what is not there', async () => {
    let closed = 0;
    const tts = scriptedTts();
    const create = tts.definition.create.bind(tts.definition);
    const definition = {
      ...tts.definition,
      create: (...given: Parameters<typeof create>) => ({
        ...create(...given),
        close: async () => {
          closed += 1;
        },
      }),
    };

    const starting = startVirtualEngine({
      plugins: [scriptedPlugin([definition])],
      routes: { tts: ['nobody'] },
    });

    await expect(starting).rejects.toMatchObject({
      code: 'config.invalid',
      details: { field: 'routes.tts', adapter: 'nobody', installed: ['scripted-tts'] },
    });
    expect(closed).toBe(1);
  });

  it('says which routes go on without an adapter that did not start', async () => {
    const log = createRecordingLog();
    const broken = { name: 'broken', load: () => Promise.reject(new Error('it is told not to')) };

    await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedTts()]), broken],
      routes: { tts: ['gone', 'scripted-tts'] },
      log,
    });

    expect(log.lines).toEqual([
      {
        level: 'warn',
        fields: { adapters: ['gone'] },
        message: 'routes go on without adapters that did not start',
      },
    ]);
  });

  it('asks providers in the order of its routes', async () => {
    const first = scriptedLlm({ id: 'first' });
    const second = scriptedLlm({ id: 'second' });
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([first, second, scriptedTts()])],
      routes: { llm: ['second', 'first'] },
    });

    connect().ask('Hi');
    await clock.advance(100);

    expect([first.log.calls.length, second.log.calls.length]).toEqual([0, 1]);
  });

  it('reports the health of its adapters, the broken ones too', async () => {
    const sick = { ...scriptedTts({ id: 'sick' }).definition };
    const create = sick.create.bind(sick);
    sick.create = (...given) => ({
      ...create(...given),
      health: () => Promise.reject(new Error('no')),
      warmup: () => Promise.reject(new Error('cold')),
    });
    const { engine } = await startVirtualEngine({ plugins: [scriptedPlugin([sick, scriptedLlm()])] });
    const { signal } = new AbortController();

    await engine.warmup(signal);

    expect(await engine.health(signal)).toMatchObject({
      'scripted-llm': { status: 'ok' },
      sick: { status: 'down' },
    });
  });
});

describe('a session that has closed', () => {
  it('waits for nobody when its connection ends with it', async () => {
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm(), scriptedTts()])],
    });
    const client = connect(
      {},
      {
        react: (event, session) => {
          if (event.type === 'session_closed') session.detach(client.outlet);
        },
      },
    );

    await client.session.close('done');

    expect(client.events.at(-1)?.type).toBe('session_closed');
    expect(clock.pendingTimers).toBe(0);
  });
});
