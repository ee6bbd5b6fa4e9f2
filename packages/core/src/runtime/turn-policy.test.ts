import {
  type RecordedSession,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import type { Policies } from '../domain/policies.ts';

const reply = 'This is a sentence of some length.';

const start = async (onUserText: Policies['onUserText'], policies: Partial<Policies> = {}) => {
  const virtual = await startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm({ reply }), scriptedTts()])],
    policies: { onUserText, ...policies },
  });
  return { ...virtual, client: virtual.connect() };
};

const endsOf = ({ ends }: RecordedSession): string[] => ends.map(({ type }) => type);
const effects = (client: RecordedSession): string[] => client.of('accepted').map(({ effect }) => effect);

describe('a text during a turn', () => {
  it('takes the place of the running turn by default', async () => {
    const { client, clock } = await start('interrupt');
    client.ask('First');
    await clock.advance(300);

    client.ask('Second');
    await clock.advance(10_000);

    expect(effects(client)).toEqual(['turn', 'turn']);
    expect(endsOf(client)).toEqual(['turn_stopped', 'turn_completed']);
  });

  it('is refused where the policy says so, and the turn goes on', async () => {
    const { client, clock } = await start('reject');
    client.ask('First');
    await clock.advance(300);

    client.ask('Second', { clientMsgId: 'second' });
    await clock.advance(10_000);
    client.say('Third');
    await clock.advance(10_000);

    expect(client.of('error')).toMatchObject([
      { clientMsgId: 'second', error: { code: 'protocol.turn_running', retryable: true } },
    ]);
    expect(endsOf(client)).toEqual(['turn_completed', 'turn_completed']);
  });

  it('waits for the end where the policy says so, one at a time', async () => {
    const { client, clock } = await start('queue');
    client.ask('First');
    await clock.advance(300);

    client.say('Second');
    client.ask('Third', { clientMsgId: 'third' });
    await clock.advance(20_000);

    expect(effects(client)).toEqual(['turn', 'queued']);
    expect(client.of('error')).toMatchObject([
      { clientMsgId: 'third', error: { code: 'protocol.turn_running' } },
    ]);
    expect(endsOf(client)).toEqual(['turn_completed', 'turn_completed']);
    const order = client.events.map(({ type }) => type);
    expect(order.indexOf('turn_completed')).toBeLessThan(order.lastIndexOf('turn_started'));
    expect(client.session.state).toBe('idle');
  });

  it('that waited has its whole budget still', async () => {
    const { client, clock } = await start('queue', { turnBudgetMs: 1_500, aheadMs: 400 });
    client.ask('First');
    client.ask('Second');

    await clock.advance(20_000);

    expect(endsOf(client)).toEqual(['turn_completed', 'turn_completed']);
    expect(client.of('metrics')[1]?.values['firstAudioMs']).toBe(0);
  });

  it.each([
    { named: 'neither', name: () => undefined, ends: ['turn_stopped', 'turn_stopped'] },
    {
      named: 'the running turn',
      name: ([first]: string[]) => first,
      ends: ['turn_stopped', 'turn_completed'],
    },
    {
      named: 'the waiting turn',
      name: ([, second]: string[]) => second,
      ends: ['turn_stopped', 'turn_completed'],
    },
  ])('that waits and an interrupt that names $named', async ({ name, ends, named }) => {
    const { client, clock } = await start('queue');
    client.ask('First');
    client.ask('Second');
    await clock.advance(300);
    const ids = client.of('accepted').map(({ turnId }) => turnId as string);

    client.interrupt(name(ids));
    await clock.advance(20_000);

    expect(endsOf(client)).toEqual(ends);
    expect(client.of('accepted').at(-1)).toMatchObject({ effect: 'stopped' });
    const stopped = client.of('turn_stopped').map(({ turnId }) => turnId as string);
    if (named === 'the running turn') expect(stopped).toEqual([ids[0]]);
    if (named === 'the waiting turn') expect(stopped).toEqual([ids[1]]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('that waits has its end, too, when the session is closed', async () => {
    const { client, clock } = await start('queue');
    client.ask('First');
    client.ask('Second');
    await clock.advance(300);

    client.session.handle({ type: 'close_session' });
    await client.session.closed;

    const accepted = client.of('accepted').map(({ turnId }) => turnId);
    expect(new Set(client.ends.map(({ turnId }) => turnId))).toEqual(new Set(accepted));
    expect(endsOf(client)).toEqual(['turn_stopped', 'turn_stopped']);
  });
});
