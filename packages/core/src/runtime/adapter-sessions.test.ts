import { type Script, scriptedLlm, scriptedPlugin, scriptedTts, startVirtualEngine } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { TthError } from '../domain/errors.ts';
import { defaultPolicies } from '../domain/policies.ts';

/** A voice that keeps something for each conversation. `mayOpen`: whether and when it can, by the number of the attempt. */
const keepingVoice = (
  id: string,
  script: Script = {},
  mayOpen: (nth: number) => boolean | Promise<boolean> = () => true,
) => {
  const voice = scriptedTts({ id, script });
  const { definition } = voice;
  const kept = { opened: [] as string[], closed: [] as string[], givenUp: 0 };
  const create: typeof definition.create = (options, deps) => {
    const adapter = definition.create(options, deps);
    return {
      ...adapter,
      openSession: async ({ sessionId, signal }) => {
        kept.opened.push(sessionId);
        signal.addEventListener('abort', () => (kept.givenUp += 1));
        if (!(await mayOpen(kept.opened.length - 1)))
          throw new TthError('provider.unavailable', 'It is told not to.');
        return {
          inferStream: adapter.inferStream.bind(adapter),
          close: async () => void kept.closed.push(sessionId),
        };
      },
    };
  };
  return { log: voice.log, kept, definition: { ...definition, create } };
};

const policies = { retry: { ...defaultPolicies.retry, budgetShare: 0, budgetMin: 0 } };
const start = (...voices: ReturnType<typeof keepingVoice>[]) =>
  startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm({ reply: 'One sentence. And another one.' }), ...voices])],
    policies,
  });

describe('a voice that keeps something for a conversation', () => {
  it('opens it once for all sentences and turns, an interrupt included, and closes it with the session', async () => {
    const voice = keepingVoice('voice');
    const { engine, clock, connect } = await start(voice);
    const client = connect();
    const { id } = client.session;

    client.ask('Hi');
    await clock.advance(300);
    client.interrupt();
    await clock.advance(100);
    client.ask('Hi again');
    await clock.runUntil(() => client.ends.length === 2, 60_000);
    const closedBefore = [...voice.kept.closed];
    await client.session.close('done');
    await clock.settle();

    expect(client.ends.map(({ type }) => type)).toEqual(['turn_stopped', 'turn_completed']);
    expect(voice.log.calls.length).toBeGreaterThan(2);
    expect(voice.kept.opened).toEqual([id]);
    expect([closedBefore, voice.kept.closed]).toEqual([[], [id]]);
    await engine.close();
  });

  it('is replaced within the turn when it cannot open it', async () => {
    const [first, second] = [keepingVoice('first', {}, () => false), keepingVoice('second')];
    const { engine, clock, connect } = await start(first, second);
    const client = connect();

    client.ask('Hi');
    await clock.runUntil(() => client.ends.length === 1, 60_000);

    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect(client.of('degraded_mode')).toMatchObject([
      { stage: 'tts', from: 'first', to: 'second', reason: 'provider.unavailable' },
    ]);
    expect(first.log.calls).toEqual([]);
    await engine.close();
  });

  it('is replaced when opening it takes longer than a first item may, and gives the opening up', async () => {
    const never = (): Promise<boolean> => new Promise(() => {});
    const [first, second] = [keepingVoice('first', {}, never), keepingVoice('second')];
    const { engine, clock, connect } = await start(first, second);
    const client = connect();

    client.say('Hi');
    await clock.advance(100);
    client.interrupt();
    client.say('Hi again');
    await clock.advance(100);
    const givenUpBefore = first.kept.givenUp;
    await clock.runUntil(() => client.ends.length === 2, 60_000);

    expect(client.ends).toMatchObject([{ type: 'turn_stopped' }, { type: 'turn_completed' }]);
    expect(client.of('degraded_mode')).toMatchObject([
      { stage: 'tts', from: 'first', to: 'second', reason: 'provider.timeout' },
    ]);
    expect(first.kept.opened).toEqual([client.session.id]);
    expect([givenUpBefore, first.kept.givenUp]).toEqual([0, 1]);
    const closing = engine.close();
    await clock.advance(2_000);
    await closing;
  });

  it('closes it when its circuit opens, and opens another when it is asked again', async () => {
    const [first, second] = [keepingVoice('first', {}, (nth) => nth !== 1), keepingVoice('second')];
    const { engine, clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm(), first, second])],
      policies: { ...policies, circuit: { ...defaultPolicies.circuit, failureThreshold: 1 } },
    });
    const [calm, unlucky] = [connect(), connect()];
    calm.ask('Hi');
    await clock.runUntil(() => calm.ends.length === 1, 60_000);

    unlucky.ask('Hi');
    await clock.runUntil(() => unlucky.ends.length === 1, 60_000);
    const closedByTheRest = [...first.kept.closed];
    await clock.advance(defaultPolicies.circuit.maxCooldownMs);
    calm.ask('Hi');
    await clock.runUntil(() => calm.ends.length === 2, 60_000);

    expect(closedByTheRest).toEqual([calm.session.id]);
    expect(first.kept.opened).toEqual([calm.session.id, unlucky.session.id, calm.session.id]);
    await engine.close();
  });

  it('leaves nothing behind after two hundred conversations', async () => {
    const voice = keepingVoice('voice');
    const { engine, clock, connect } = await start(voice);

    for (let round = 0; round < 10; round++) {
      const clients = Array.from({ length: 20 }, () => connect());
      for (const client of clients) client.say('Hello.');
      await clock.runUntil(() => clients.every(({ ends }) => ends.length === 1), 60_000);
      await Promise.all(clients.map(({ session }) => session.close('done')));
    }
    await clock.settle();

    expect(voice.kept.opened).toHaveLength(200);
    expect(voice.kept.closed.toSorted()).toEqual(voice.kept.opened.toSorted());
    expect(clock.pendingTimers).toBe(0);
    await engine.close();
  });
});
