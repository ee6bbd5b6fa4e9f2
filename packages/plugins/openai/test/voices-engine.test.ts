import type { EngineOptions } from '@tth/core';
import { type RecordedSession, dieAfter, keptSoundMs, startVirtualEngine, until } from '@tth/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { type SpeechServer, startSpeechServer } from './fake-openai-speech.ts';
import { type FakeRealtime, samplesOf, startRealtime } from './fake-realtime.ts';

let realtime: FakeRealtime;
let server: SpeechServer;
const closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  [realtime, server] = [await startRealtime(), await startSpeechServer()];
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await Promise.all([realtime.close(), server.close()]);
});

/** Where nothing is to be late, however slow the machine. */
const forever = { firstItemMs: 1e9, idleMs: 1e9 };

/** An engine with these voices, in this order. The vendors are real, time is not. */
const start = async (voices: readonly ('reader' | 'kokoro')[]) => {
  const adapterOptions = {
    reader: { adapter: 'openai-realtime', baseUrl: realtime.url, apiKey: 'REALTIME_KEY' },
    kokoro: { adapter: 'openai-speech', flavour: 'kokoro', baseUrl: `${server.url}/v1` },
  };
  const options: EngineOptions = {
    plugins: [{ name: plugin.name, load: () => Promise.resolve(plugin) }],
    adapterOptions,
    routes: { tts: voices },
    secrets: { reveal: ({ secret }) => `secret-${secret}` },
    policies: { turnBudgetMs: 1e9, tts: forever },
  };
  const { engine, clock, connect } = await startVirtualEngine(options);
  closing.push(() => engine.close());
  const client = connect({ accepts: { audio: ['pcm_s16le'], video: [] } });
  /** Lets time pass slowly enough that nothing on a connection is late. */
  const passUntil = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      await clock.advance(4);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { client, passUntil };
};

const soundMs = (session: RecordedSession): number => keptSoundMs(session).reduce((sum, ms) => sum + ms, 0);
const lengthMs = (text: string): number => samplesOf(text) / 24;

describe('the realtime voice in the engine', () => {
  it('says all sentences and turns of a conversation over one socket, and is cancelled at an interrupt', async () => {
    const { client, passUntil } = await start(['reader']);
    realtime.play({ change: (steps) => steps.flatMap((step) => [step, { kind: 'wait', ms: 1 } as const]) });

    client.say('This is a long story about the deep blue sea and what nobody has seen of it.');
    await passUntil(() => client.media.length > 0);
    client.interrupt();
    await until(() => realtime.received('response.cancel').length === 1);
    realtime.play({});
    client.say('Good morning. How are you today?');
    await passUntil(() => client.ends.length === 2);

    expect(client.ends.map(({ type }) => type)).toEqual(['turn_stopped', 'turn_completed']);
    expect(realtime.sockets).toHaveLength(1);
    expect(realtime.received('response.create').length).toBeGreaterThan(2);

    await client.session.close('done');
    await until(() => !realtime.sockets[0]!.isOpen);
  });

  it('is replaced within the turn once it says something else again', async () => {
    const { client, passUntil } = await start(['reader', 'kokoro']);
    realtime.play({ says: () => 'I would rather talk about the weather today.' });
    const text = 'One sentence is here. Another one is there.';

    client.say(text);
    await passUntil(() => client.ends.length === 1);

    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect(client.of('degraded_mode')).toMatchObject([
      { stage: 'tts', from: 'reader', to: 'kokoro', reason: 'provider.protocol_error' },
    ]);
    expect(server.requests.map(({ body }) => body?.['input'])).toEqual(['Another one is there.']);
  });
});

describe('a voice with measured times in the engine', () => {
  it('leaves to the next one no more than the words that it did not say', async () => {
    const { client, passUntil } = await start(['kokoro', 'reader']);
    const text = 'The sea is deep and wide and nobody has ever seen all of it at once.';
    server.play({ faults: [dieAfter(2, 'fin')] });

    client.say(text);
    await passUntil(() => client.ends.length === 1);

    const [asked] = realtime.received('response.create') as readonly {
      readonly response: {
        readonly input: readonly [{ readonly content: readonly [{ readonly text: string }] }];
      };
    }[];
    const rest = asked!.response.input[0].content[0].text;
    expect(text.endsWith(rest)).toBe(true);
    expect(rest.length).toBeLessThan(text.length * 0.75);
    expect(soundMs(client)).toBeGreaterThan(lengthMs(text) * 0.9);
    expect(soundMs(client)).toBeLessThan(lengthMs(text) * 1.1);
  });
});
