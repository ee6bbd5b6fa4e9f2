import {
  type RecordedSession,
  type Script,
  type VirtualEngine,
  scriptedAvatar,
  scriptedLlm,
  scriptedManagedAvatar,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { isTerminal } from '../domain/events.ts';
import { defaultPolicies } from '../domain/policies.ts';

const reply = 'This is the first sentence. And this is the second one, which is longer.';

const start = async (scripts: { llm?: Script; tts?: Script; avatar?: Script } = {}) => {
  const llm = scriptedLlm({ reply, script: scripts.llm ?? {} });
  const tts = scriptedTts({ script: scripts.tts ?? {} });
  const avatar = scriptedAvatar({ script: scripts.avatar ?? {} });
  const virtual = await startVirtualEngine({ plugins: [scriptedPlugin([llm, tts, avatar])] });
  const openCalls = (): number => llm.log.open + tts.log.open + avatar.log.open;
  return { ...virtual, llm, tts, avatar, openCalls };
};

/** What came after the last end of a turn that belongs to a turn. */
const afterTheEnd = ({ received }: RecordedSession): unknown[] => {
  const end = received.findLastIndex((each) => each.kind === 'event' && isTerminal(each.event));
  return received.slice(end + 1).filter((each) => each.kind === 'media' || 'turnId' in each.event);
};

const turnState = ({ session }: RecordedSession): string | undefined => {
  const turn = session.actor.getSnapshot().children['turn']?.getSnapshot();
  const value = turn && 'value' in turn ? turn.value : undefined;
  return value === undefined ? undefined : JSON.stringify(value);
};

describe('an interrupt', () => {
  it.each<{ state: string; scripts: Parameters<typeof start>[0]; afterMs: number; models: number }>([
    { state: 'llmRunning', scripts: { llm: { firstItemMs: 1_000 } }, afterMs: 500, models: 1 },
    { state: 'llmRunning', scripts: { llm: { betweenMs: 100 } }, afterMs: 150, models: 1 },
    { state: 'ttsRunning', scripts: { tts: { firstItemMs: 1_000 } }, afterMs: 500, models: 1 },
    { state: 'avatarRunning', scripts: { avatar: { firstItemMs: 1_000 } }, afterMs: 500, models: 1 },
    { state: 'avatarRunning', scripts: { avatar: { betweenMs: 1_000 } }, afterMs: 500, models: 1 },
    { state: 'streamingOutput', scripts: {}, afterMs: 500, models: 1 },
    { state: 'streamingOutput', scripts: { tts: { betweenMs: 40 } }, afterMs: 500, models: 1 },
    { state: 'llmRunning', scripts: {}, afterMs: 0, models: 0 },
  ])(
    'stops a turn that is $state ($scripts) in the same tick',
    async ({ state, scripts, afterMs, models }) => {
      const { connect, clock, llm, openCalls } = await start(scripts);
      const client = connect();
      client.ask('Hi');
      if (afterMs > 0) await clock.advance(afterMs);
      expect(turnState(client)).toBe(JSON.stringify({ running: state }));
      const epoch = client.session.epoch;

      client.interrupt();

      expect(client.ends).toMatchObject([{ type: 'turn_stopped', reason: 'interrupt' }]);
      expect(client.session.epoch).toBe(epoch + 1);
      expect(client.session.state).toBe('idle');
      await clock.advance(10_000);
      expect(afterTheEnd(client)).toEqual([]);
      expect(client.ends).toHaveLength(1);
      expect([llm.log.calls.length, openCalls(), clock.pendingTimers]).toEqual([models, 0, 0]);
    },
  );

  it('stops a managed avatar that is speaking', async () => {
    const avatar = scriptedManagedAvatar({ script: { betweenMs: 20 } });
    const { connect, clock } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm({ reply }), avatar])],
    });
    const client = connect();
    client.ask('Hi');
    await clock.advance(500);

    client.interrupt();
    await clock.advance(5_000);

    expect(client.ends).toMatchObject([{ type: 'turn_stopped', heardSource: 'pacing' }]);
    expect([avatar.log.open, clock.pendingTimers]).toEqual([0, 0]);
  });

  it('is not held up by providers that ignore it, nor lets anything of them out', async () => {
    const deaf: Script = { betweenMs: 30, ignoreAbort: true };
    const { connect, clock } = await start({ llm: deaf, tts: deaf, avatar: deaf });
    const client = connect();
    client.ask('Hi');
    await clock.advance(700);

    client.interrupt();
    expect(client.ends).toHaveLength(1);
    await clock.advance(20_000);

    expect(afterTheEnd(client)).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is answered and changes nothing when no turn runs', async () => {
    const { connect } = await start();
    const client = connect();

    client.interrupt();

    expect(client.of('accepted')).toMatchObject([{ effect: 'none' }]);
    expect(client.events).toHaveLength(2);
    expect(client.session.epoch).toBe(1);
  });

  it('stops one turn once, however often it comes', async () => {
    const { connect, clock } = await start();
    const client = connect();
    client.ask('Hi');
    await clock.advance(300);
    const turnId = client.of('turn_started')[0]!.turnId;

    for (let i = 0; i < 50; i++) client.interrupt(turnId);

    const effects = client
      .of('accepted')
      .slice(1)
      .map(({ effect }) => effect);
    expect(effects).toEqual(['stopped', ...Array.from({ length: 49 }, () => 'already_stopped')]);
    expect(client.ends).toHaveLength(1);
  });

  it('for an older turn leaves the running one alone', async () => {
    const { connect, clock } = await start();
    const client = connect();
    client.ask('First');
    await clock.advance(300);
    client.ask('Second');
    client.ask('Third');
    await clock.advance(300);
    const [first, second] = client.of('turn_started').map(({ turnId }) => turnId);

    client.interrupt(first);
    client.interrupt(second);

    expect(
      client
        .of('accepted')
        .slice(3)
        .map(({ effect }) => effect),
    ).toEqual(['stale', 'already_stopped']);
    await clock.advance(20_000);
    expect(client.ends.map(({ type }) => type)).toEqual(['turn_stopped', 'turn_stopped', 'turn_completed']);
  });

  it('followed at once by a new question stops the old turn before the new one begins', async () => {
    const { connect, clock } = await start();
    const client = connect();
    client.ask('First');
    await clock.advance(500);

    client.interrupt();
    client.ask('Second');
    await clock.advance(20_000);

    const order = client.events.map(({ type }) => type);
    expect(order.indexOf('turn_stopped')).toBeLessThan(order.lastIndexOf('turn_started'));
    const second = client.received.findLastIndex(
      (each) => each.kind === 'event' && each.event.type === 'turn_started',
    );
    const turns = client.received.slice(second).map((each) => each.kind === 'media' && each.item.turn);
    expect(turns).not.toContain(1);
    expect(client.ends).toMatchObject([{ type: 'turn_stopped' }, { type: 'turn_completed' }]);
  });

  it('in the very tick of the end of a turn finds it ended', async () => {
    const { engine, clock, connect } = await start();
    const client = connect(
      {},
      {
        react: (event, session) => {
          if (isTerminal(event)) session.handle({ type: 'interrupt' });
        },
      },
    );

    client.ask('Hi');
    await clock.advance(20_000);

    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect(client.of('accepted').at(-1)).toMatchObject({ effect: 'none' });
    expect(engine.sessions()).toHaveLength(1);
  });

  it.each(['accepted', 'turn_started', 'text_delta', 'sentence', 'video_format'] as const)(
    'given while the client is being told of `%s` stops the turn',
    async (type) => {
      const { connect, clock, openCalls } = await start();
      const client = connect(
        {},
        {
          react: (event, session) => {
            if (event.type === type && 'effect' in event === (type === 'accepted') && event.seq < 12) {
              session.handle({ type: 'interrupt' });
            }
          },
        },
      );

      client.ask('Hi');
      await clock.advance(20_000);

      expect(client.ends).toMatchObject([{ type: 'turn_stopped' }]);
      expect(afterTheEnd(client)).toEqual([]);
      expect([openCalls(), clock.pendingTimers]).toEqual([0, 0]);
    },
  );

  it.each<{ who: string; scripts: Parameters<typeof start>[0] }>([
    { who: 'the model', scripts: { llm: { failAt: 0 } } },
    { who: 'the voice', scripts: { tts: { betweenMs: 20, failAt: 5 } } },
  ])(
    'I17: that meets the error of $who finds the turn ended: one end, and the error is it',
    async (given) => {
      const { connect, clock, openCalls } = await start(given.scripts);
      const client = connect(
        {},
        {
          react: (event, session) => {
            if (event.type === 'turn_error') session.handle({ type: 'interrupt', turnId: event.turnId });
          },
        },
      );

      client.ask('Hi');
      await clock.advance(20_000);

      expect(client.ends).toMatchObject([{ type: 'turn_error' }]);
      expect(client.of('accepted').at(-1)).toMatchObject({ effect: 'already_stopped' });
      expect(afterTheEnd(client)).toEqual([]);
      expect([openCalls(), clock.pendingTimers]).toEqual([0, 0]);
    },
  );

  it('I17: in the tick in which a provider fails leaves the turn one end', async () => {
    for (const failAt of [0, 1, 2]) {
      const { connect, clock, openCalls } = await start({ llm: { betweenMs: 100, failAt } });
      const client = connect();
      client.ask('Hi');
      await clock.advance(failAt * 100);

      client.interrupt();
      await clock.advance(20_000);

      expect(client.ends).toHaveLength(1);
      expect(afterTheEnd(client)).toEqual([]);
      expect([openCalls(), clock.pendingTimers]).toEqual([0, 0]);
    }
  });

  it('loses to the closing of the session', async () => {
    const { connect, clock, openCalls } = await start();
    const client = connect();
    client.ask('Hi');
    await clock.advance(500);

    client.session.handle({ type: 'close_session' });
    client.interrupt();
    await client.session.closed;
    await clock.settle();

    expect(client.ends).toMatchObject([{ type: 'turn_stopped', reason: 'session_closed' }]);
    expect(client.of('session_closed')).toHaveLength(1);
    expect([openCalls(), clock.pendingTimers]).toEqual([0, 0]);
  });

  it('during a probe of a resting provider gives the probe back uncounted', async () => {
    const script = (call: number): Script => (call === 0 ? { failAt: 0 } : call === 1 ? { hangAt: 0 } : {});
    const llm = scriptedLlm({ script });
    const circuit = { ...defaultPolicies.circuit, failureThreshold: 1, cooldownMs: 1_000, cooldownJitter: 0 };
    const { connect, clock } = await startVirtualEngine({
      plugins: [scriptedPlugin([llm, scriptedTts()])],
      policies: { circuit },
    });
    const client = connect();
    client.ask('Fails');
    await clock.advance(1_000);
    client.ask('Probes');
    await clock.advance(100);

    client.interrupt();
    await clock.settle();
    client.ask('Works');
    await clock.advance(5_000);

    expect(client.ends.map(({ type }) => type)).toEqual(['turn_error', 'turn_stopped', 'turn_completed']);
  });
});

describe('a new text during a turn', () => {
  it('given in the middle of being told of an end takes the place of one that waits', async () => {
    const { connect, clock } = await start();
    let asked = false;
    const client = connect(
      {},
      {
        react: (event, session) => {
          if (event.type !== 'turn_stopped' || asked) return;
          asked = true;
          session.handle({ type: 'user_text', clientMsgId: 'third', text: 'Third' });
          session.handle({ type: 'user_text', clientMsgId: 'fourth', text: 'Fourth' });
        },
      },
    );
    client.ask('First');
    await clock.advance(300);

    client.ask('Second');
    await clock.advance(20_000);

    const accepted = client.of('accepted').map(({ turnId }) => turnId);
    expect(client.ends.map(({ turnId }) => turnId)).toEqual(accepted);
    expect(client.ends.map(({ type }) => type)).toEqual([
      'turn_stopped',
      'turn_stopped',
      'turn_stopped',
      'turn_completed',
    ]);
  });

  it('and then the end of the session leaves no accepted turn without its end', async () => {
    const { connect, clock }: VirtualEngine = await start();
    const client = connect(
      {},
      {
        react: (event, session) => {
          if (event.type === 'turn_stopped' && event.reason === 'replaced') {
            session.handle({ type: 'close_session' });
            session.handle({ type: 'say', clientMsgId: 'late', text: 'Too late' });
          }
        },
      },
    );
    client.ask('First');
    await clock.advance(300);
    client.ask('Second');
    await client.session.closed;

    const accepted = client.of('accepted').flatMap(({ turnId }) => turnId ?? []);
    expect(client.ends.map(({ turnId }) => turnId).sort()).toEqual(accepted.sort());
    expect(client.events.filter(({ type }) => type === 'session_closed')).toHaveLength(1);
  });
});

describe('what was heard', () => {
  it('is what the client reports', async () => {
    const { connect, clock } = await start();
    const client = connect();
    client.ask('Hi');
    await clock.advance(600);
    const { turnId } = client.of('turn_started')[0]!;

    client.session.handle({ type: 'playback', turnId, mediaMs: 250, ended: false });
    client.interrupt();

    expect(client.ends).toMatchObject([{ heardMs: 250, heardSource: 'client', heardText: 'This' }]);
  });

  it('is estimated from the pacing when the client reports nothing', async () => {
    const { connect, clock } = await start();
    const client = connect();
    client.ask('Hi');
    await clock.advance(600);

    client.interrupt();

    expect(client.ends).toMatchObject([{ heardMs: 600, heardSource: 'pacing', heardText: 'This is the' }]);
  });

  it('is never more than was sent', async () => {
    const { connect, clock } = await start({ tts: { hangAt: 2 } });
    const client = connect();
    client.ask('Hi');
    await clock.advance(1_000);
    const { turnId } = client.of('turn_started')[0]!;

    client.session.handle({ type: 'playback', turnId, mediaMs: 5_000, ended: false });
    client.interrupt();

    expect(client.ends).toMatchObject([{ heardMs: 80, heardText: '' }]);
  });
});
