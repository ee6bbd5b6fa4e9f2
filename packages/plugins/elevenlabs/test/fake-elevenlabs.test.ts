import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type FakeElevenLabs, fakeKey, startFakeElevenLabs } from './fake-elevenlabs.ts';
import { until } from './start-voice.ts';

// What ElevenLabs minds has to be minded by the fake, or the tests prove nothing.

interface Message {
  readonly audio?: string | null;
  readonly error?: string;
  readonly isFinal?: boolean;
  readonly is_final?: boolean;
  readonly is_final_audio_for_turn?: boolean;
}

let fake: FakeElevenLabs;
beforeEach(async () => {
  fake = await startFakeElevenLabs();
});
afterEach(() => fake.close());

const connect = async (path: string) => {
  const socket = new WebSocket(`${fake.url.replace('http', 'ws')}${path}`, {
    headers: { 'xi-api-key': fakeKey },
  });
  const received: Message[] = [];
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString()) as Message));
  const closed = once(socket, 'close');
  await once(socket, 'open');
  return {
    received,
    send: (message: object) => socket.send(JSON.stringify(message)),
    closeCode: async (): Promise<unknown> => ((await closed) as unknown[])[0],
    close: () => socket.close(),
  };
};

const contexts = () => connect('/v1/text-to-speech/v1/multi-stream-input?sync_alignment=true');
const dialogue = () => connect('/v1/text-to-dialogue/stream-input?sync_alignment=true');
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('the socket with contexts of the fake ElevenLabs', () => {
  it('takes five contexts, those included that were told to close', async () => {
    fake.play({ holdsFinals: true });
    const client = await contexts();
    for (let at = 0; at < 5; at++) client.send({ text: ' ', context_id: `s${at}` });
    client.send({ context_id: 's0', close_context: true });

    client.send({ text: ' ', context_id: 's5' });

    expect(await client.closeCode()).toBe(1008);
    expect(client.received.at(-1)).toMatchObject({ error: 'max_active_conversations' });
  });

  it.each([
    { what: 'a context that begins with text', messages: [{ text: 'Hi. ', context_id: 's0' }] },
    {
      what: 'settings after the first message',
      messages: [
        { text: ' ', context_id: 's0' },
        { text: 'Hi. ', context_id: 's0', voice_settings: { stability: 1 } },
      ],
    },
  ])('does not take $what', async ({ messages }) => {
    const client = await contexts();

    for (const message of messages) client.send(message);

    expect(await client.closeCode()).toBe(1008);
    expect(client.received).toMatchObject([{ error: 'invalid_input_message' }]);
  });

  it('speaks what was flushed before a context was closed, and then ends it', async () => {
    const client = await contexts();
    client.send({ text: ' ', context_id: 's0' });
    client.send({ text: 'Hi. ', context_id: 's0', flush: true });
    client.send({ context_id: 's0', close_context: true });

    await until(() => client.received.at(-1)?.isFinal === true);

    expect(client.received.filter(({ audio }) => typeof audio === 'string')).toHaveLength(1);
    client.close();
  });

  it('leaves a client that says nothing', async () => {
    fake.play({ inactivityMs: 10 });
    const client = await contexts();

    expect(await client.closeCode()).toBe(1008);
    expect(client.received).toMatchObject([{ error: 'input_timeout_exceeded' }]);
  });
});

describe('the dialogue socket of the fake ElevenLabs', () => {
  const first = { voices: ['v1'], inputs: [{ text: 'Short.', voice_id: 'v1' }] };

  it('waits for forty characters, or to be told to begin', async () => {
    const client = await dialogue();
    client.send(first);
    await turns();
    const before = client.received.length;

    client.send({ inputs: [{ text: ' And so much more that it is enough.', voice_id: 'v1' }] });
    await until(() => client.received.at(-1)?.is_final_audio_for_turn === true);

    expect(before).toBe(0);
    client.close();
  });

  it('says that it has ended, and closes', async () => {
    const client = await dialogue();
    client.send({ ...first, flush: true });
    client.send({ close_socket: true });

    expect(await client.closeCode()).toBe(1000);
    expect(client.received.at(-1)).toEqual({ is_final: true });
  });

  it.each([
    { what: 'a beginning without voices', message: { inputs: first.inputs } },
    { what: 'settings that a dialogue does not have', message: { ...first, voice_settings: { speed: 1 } } },
    { what: 'a voice that was not named', message: { voices: ['v2'], inputs: first.inputs } },
  ])('does not take $what', async ({ message }) => {
    const client = await dialogue();

    client.send(message);

    expect(await client.closeCode()).toBe(1008);
  });
});
