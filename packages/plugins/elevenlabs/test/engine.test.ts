import { type RecordedSession, scriptedPlugin, scriptedTts, startVirtualEngine } from '@tth/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { type FakeElevenLabs, fakeKey, startFakeElevenLabs } from './fake-elevenlabs.ts';
import { until } from './start-voice.ts';

// The vendor is on real sockets, time is not real.

let fake: FakeElevenLabs;
beforeEach(async () => {
  fake = await startFakeElevenLabs();
});
afterEach(() => fake.close());

const forever = { firstItemMs: 1e9, idleMs: 1e9 };
const text = 'The sea is deep and dark and cold.';

const start = async (options: object = {}) => {
  const standby = scriptedTts({ id: 'standby' });
  const { engine, clock, connect } = await startVirtualEngine({
    plugins: [{ name: plugin.name, load: () => Promise.resolve(plugin) }, scriptedPlugin([standby])],
    adapterOptions: { elevenlabs: { baseUrl: fake.url, ...options } },
    routes: { tts: ['elevenlabs', 'standby'] },
    secrets: { reveal: () => fakeKey },
    policies: { tts: forever, turnBudgetMs: 1e9 },
  });
  const client = connect({ accepts: { audio: ['pcm_s16le'], video: [] } });
  const untilEnds = async (count: number): Promise<void> => {
    while (client.ends.length < count) await clock.advance(50);
  };
  return { engine, clock, client, standby, untilEnds };
};

const changes = (client: RecordedSession): unknown[] =>
  client.of('degraded_mode').map(({ stage, from, to, reason }) => ({ stage, from, to, reason }));

describe('ElevenLabs in the engine', () => {
  it('speaks a conversation over one socket, through an interrupt, and closes it at the end', async () => {
    const { engine, client, clock, untilEnds } = await start();

    client.say(`${text} ${text}`);
    while (client.media.length === 0) await clock.advance(10);
    client.interrupt();
    await untilEnds(1);
    client.say(text);
    await untilEnds(2);
    const requests = fake.requests.length;
    await client.session.close('done');
    await until(() => fake.openSockets === 0);
    await engine.close();

    expect(client.ends).toMatchObject([
      { type: 'turn_stopped' },
      { type: 'turn_completed', heardText: text },
    ]);
    expect(requests).toBe(1);
    expect(changes(client)).toEqual([]);
  });

  it('closes the socket of a conversation that says nothing for half a minute', async () => {
    const { engine, client, clock, untilEnds } = await start();
    client.say(text);
    await untilEnds(1);

    await clock.advance(30_000);
    await until(() => fake.openSockets === 0);
    client.say(text);
    await untilEnds(2);
    await engine.close();

    expect(fake.requests).toHaveLength(2);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }, { type: 'turn_completed' }]);
  });

  it('that dies in the middle of a sentence is continued by another voice from the next word', async () => {
    fake.play({ after: 2, instead: 'rst' });
    const { engine, client, standby, untilEnds } = await start();

    client.say(text);
    await untilEnds(1);
    await engine.close();

    const left = standby.log.calls[0]!.input.text;
    expect(changes(client)).toEqual([
      { stage: 'tts', from: 'elevenlabs', to: 'standby', reason: 'provider.unavailable' },
    ]);
    expect(text.endsWith(` ${left}`)).toBe(true);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: text }]);
  });

  it('whose credits are gone is left out until somebody has seen to it', async () => {
    fake.play({ refusal: { status: 401, body: { detail: { status: 'quota_exceeded', message: 'x' } } } });
    const { engine, client, untilEnds } = await start();

    client.say(text);
    await untilEnds(1);
    client.say(text);
    await untilEnds(2);
    const [state] = engine.routing().filter(({ provider }) => provider === 'elevenlabs');
    await engine.close();

    expect(client.ends).toMatchObject([{ type: 'turn_completed' }, { type: 'turn_completed' }]);
    expect(fake.requests).toHaveLength(1);
    expect(state).toMatchObject({ state: 'isolated' });
  });
});
