import {
  type RecordedSession,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import type { Interruptible } from '../domain/events.ts';
import type { Policies } from '../domain/policies.ts';

/** Three sentences of one second each. */
const reply = 'Twenty letters long. Twenty letters more. Twenty letters last.';

const start = async (policies: Partial<Policies> = {}) => {
  const tts = scriptedTts({ msPerCharacter: 50 });
  const virtual = await startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm({ reply }), tts])],
    policies,
  });
  const client = virtual.connect();
  const ask = (interruptible?: Interruptible): void =>
    client.session.handle({
      type: 'user_text',
      clientMsgId: `m${client.events.length}`,
      text: 'Go on',
      interruptible,
    });
  return { ...virtual, client, ask, tts };
};

const effects = (client: RecordedSession): string[] => client.of('accepted').map(({ effect }) => effect);
const endsOf = ({ ends }: RecordedSession): string[] => ends.map(({ type }) => type);

describe('a turn that may be ended after its sentence', () => {
  it('goes on to the end of the sentence that is heard when it is interrupted, and no further', async () => {
    const { client, clock, ask, tts } = await start();
    ask('after_sentence');
    await clock.advance(1_500);

    client.interrupt();
    await clock.advance(200);
    expect(client.ends).toEqual([]);
    await clock.advance(10_000);

    expect(effects(client)).toEqual(['turn', 'after_sentence']);
    expect(client.of('turn_stopped')).toMatchObject([
      { reason: 'interrupt', heardText: 'Twenty letters long. Twenty letters more.' },
    ]);
    expect(tts.log.open).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is followed by the text that came in the meantime', async () => {
    const { client, clock, ask } = await start();
    ask('after_sentence');
    await clock.advance(1_500);

    ask();
    await clock.advance(20_000);

    expect(effects(client)).toEqual(['turn', 'queued']);
    expect(client.ends).toMatchObject([
      { type: 'turn_stopped', reason: 'replaced', heardText: 'Twenty letters long. Twenty letters more.' },
      { type: 'turn_completed' },
    ]);
  });

  it('goes on to its end when that text is taken back', async () => {
    const { client, clock, ask } = await start();
    ask('after_sentence');
    await clock.advance(1_500);
    ask();

    client.interrupt(client.of('accepted')[1]!.turnId);
    await clock.advance(20_000);

    expect(effects(client)).toEqual(['turn', 'queued', 'stopped']);
    expect(client.ends).toMatchObject([
      { type: 'turn_stopped' },
      { type: 'turn_completed', heardText: reply },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('stops all the same when it was interrupted before that text came', async () => {
    const { client, clock, ask } = await start();
    ask('after_sentence');
    await clock.advance(1_500);
    client.interrupt();
    ask();

    client.interrupt(client.of('accepted')[2]!.turnId);
    await clock.advance(20_000);

    expect(client.ends.map((end) => ('reason' in end ? end.reason : end.type))).toEqual([
      'interrupt',
      'interrupt',
    ]);
  });

  it('is stopped at once before anything of it is heard', async () => {
    const { client, ask } = await start();
    ask('after_sentence');

    client.interrupt();

    expect(client.of('turn_stopped')).toMatchObject([{ heardMs: 0 }]);
  });

  it('that ends by itself first has one end', async () => {
    const { client, clock, ask } = await start();
    ask('after_sentence');
    await clock.advance(2_500);

    client.interrupt();
    await clock.advance(10_000);

    expect(client.ends).toHaveLength(1);
    expect(client.session.state).toBe('idle');
    expect(clock.pendingTimers).toBe(0);
  });

  it('is closed with its session at once', async () => {
    const { client, clock, ask } = await start();
    ask('after_sentence');
    await clock.advance(1_500);
    client.interrupt();

    client.session.handle({ type: 'close_session' });
    await client.session.closed;

    expect(client.of('turn_stopped')).toMatchObject([{ reason: 'session_closed' }]);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a turn that may not be interrupted', () => {
  it('says so and goes on to its end', async () => {
    const { client, clock, ask } = await start();
    ask('no');
    await clock.advance(1_500);

    client.interrupt();
    await clock.advance(10_000);

    expect(effects(client)).toEqual(['turn', 'not_interruptible']);
    expect(endsOf(client)).toEqual(['turn_completed']);
  });

  it('makes a new text wait; an interrupt that names nobody takes that one back', async () => {
    const { client, clock, ask } = await start();
    ask('no');
    await clock.advance(500);
    ask();

    client.interrupt();
    await clock.advance(20_000);

    expect(effects(client)).toEqual(['turn', 'queued', 'not_interruptible']);
    expect(endsOf(client)).toEqual(['turn_stopped', 'turn_completed']);
  });
});

describe('commands that come too fast', () => {
  it('are refused one too many, and an interrupt among them is not', async () => {
    const { client, clock, ask } = await start({ inboundCommands: 3, commandSliceMs: 0 });
    ask();
    await clock.advance(1);

    for (let each = 0; each < 6; each++) {
      client.session.handle({ type: 'controls', clientMsgId: `c${each}`, controls: {} });
    }
    const refused = client.of('error');
    client.interrupt();
    await clock.advance(10_000);

    expect(refused.map(({ error }) => error.code)).toEqual([
      'capacity.rate_limited',
      'capacity.rate_limited',
    ]);
    expect(refused[0]?.error.retryAfterMs).toBeGreaterThan(0);
    expect(effects(client)).toEqual(['turn', 'controls', 'controls', 'controls', 'controls', 'stopped']);
  });
});

describe('a connection that throws at what it is told', () => {
  it('holds up neither its own session nor another', async () => {
    const { engine, client, clock, ask } = await start();
    const throws = engine.createSession({ accepts: { audio: ['pcm_s16le'], video: [] } });
    throws.attach({
      event: () => expect.unreachable('as told'),
      media: () => true,
      replaced: () => {},
    });

    throws.handle({ type: 'user_text', clientMsgId: '1', text: 'Go on' });
    ask();
    await clock.advance(20_000);

    expect(endsOf(client)).toEqual(['turn_completed']);
    expect(throws.conversation).toMatchObject([{ outcome: 'completed' }]);
  });
});

describe('metrics of a turn', () => {
  it('come before its end, whatever that is, and tell its waterfall', async () => {
    const { client, clock, ask } = await start();
    ask();
    await clock.advance(300);
    client.session.handle({
      type: 'playback',
      turnId: client.of('turn_started')[0]!.turnId,
      mediaMs: 100,
      ended: false,
    });
    client.interrupt();
    client.session.handle({ type: 'user_text', clientMsgId: 'again', text: 'Go on' });
    client.session.handle({ type: 'close_session' });
    await client.session.closed;

    const told = client.events.filter(({ type }) => type === 'metrics' || type.startsWith('turn_'));
    expect(told.map(({ type }) => type)).toEqual([
      'turn_started',
      'metrics',
      'turn_stopped',
      'turn_started',
      'metrics',
      'turn_stopped',
    ]);
    const [stopped] = client.of('metrics');
    expect(Object.keys(stopped?.values ?? {})).toEqual(
      expect.arrayContaining([
        'queueMs',
        'firstTextMs',
        'firstSentenceMs',
        'firstAudioMs',
        'firstAudibleMs',
        'firstPlayedMs',
      ]),
    );
    expect(stopped?.values['firstPlayedMs']).toBe(200);
  });
});
