import type { TextToDialogueWebsocketClientMessage } from '@elevenlabs/elevenlabs-js/dist/serialization/types/TextToDialogueWebsocketClientMessage.js';
import { sampleRateHz } from '@tth/core/plugin';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeElevenLabs, startFakeElevenLabs } from './fake-elevenlabs.ts';
import { msPerChar } from './fake-speech.ts';
import { type StartedVoice, samplesOf, speak, startVoice, until, wordsOf } from './start-voice.ts';

let fake: FakeElevenLabs;
let voice: StartedVoice;
const start = async (options: object = {}): Promise<void> => {
  voice = await startVoice(fake, { model: 'eleven_v4_turbo', ...options });
};
beforeEach(async () => {
  fake = await startFakeElevenLabs();
  await start();
});
afterEach(async () => {
  await voice.session.close?.();
  await voice.close();
  await fake.close();
});

const long = 'The quick brown fox jumps over the lazy dog, and then it goes home.';
const samplesFor = (text: string): number => (text.length * msPerChar * sampleRateHz) / 1_000;
const voiceId = 'JBFqnCBsd6RMkjVDRZzb';

describe('a conversation with v3 or v4', () => {
  it('has a socket for each sentence, which begins at once however short it is', async () => {
    const spoken = speak(voice.session, 'Hi.');

    expect(await spoken.ended).toBeUndefined();
    expect(samplesOf(spoken)).toBe(samplesFor('Hi.'));
    expect(fake.requests[0]).toMatchObject({
      path: '/v1/text-to-dialogue/stream-input',
      query: { model_id: 'eleven_v4_turbo', output_format: 'pcm_24000', sync_alignment: 'true' },
      received: [
        {
          voices: [voiceId],
          voice_settings: { stability: 0.5 },
          inputs: [{ text: 'Hi.', voice_id: voiceId }],
          flush: true,
        },
        { close_socket: true },
      ] satisfies TextToDialogueWebsocketClientMessage.Raw[],
    });
  });

  it('performs feelings, which are in no word and are paid for', async () => {
    const control = { emotion: { label: 'happy', intensity: 1 } } as const;
    const spoken = speak(voice.session, 'Good morning.', { control });

    expect(await spoken.ended).toBeUndefined();

    expect(fake.requests[0]!.sentences).toMatchObject([
      { text: '[excited] Good morning.', settings: { stability: 0 } },
    ]);
    expect(wordsOf(spoken)).toEqual(['Good', 'morning.']);
    expect(spoken.context.usageRecords).toEqual([{ unit: 'characters', amount: 23 }]);
  });

  it('has the socket of the next sentence open before that comes', async () => {
    await speak(voice.session, 'One.').ended;
    await until(() => fake.requests.length === 2);

    await speak(voice.session, 'Two.').ended;

    expect(fake.requests[1]?.sentences).toMatchObject([{ text: 'Two.' }]);
    await until(() => fake.requests.length === 3 && fake.openRequests === 1);
  });

  it('opens none ahead where it must not', async () => {
    await voice.close();
    await start({ spareSocket: false });

    await speak(voice.session, 'One.').ended;
    await speak(voice.session, 'Two.').ended;

    expect(fake.requests).toHaveLength(2);
    await until(() => fake.openRequests === 0);
  });

  it('does not speak on a socket that ElevenLabs has closed for being idle', async () => {
    await speak(voice.session, 'One.').ended;
    fake.play({ inactivityMs: 1 });
    await speak(voice.session, 'Two.').ended;
    await until(() => fake.openRequests === 0);
    fake.play();

    expect(await speak(voice.session, 'Three.').ended).toBeUndefined();
  });
});

describe('an interrupt of v3 or v4', () => {
  it('closes the socket, the only thing that stops it, and the next sentence has its own', async () => {
    fake.play({ everyMs: 1, frameBytes: 2_400 });
    const old = speak(voice.session, long, { onItem: (_items, abort) => abort.abort() });
    expect(await old.ended).toBeUndefined();
    await until(() => fake.requests[0]?.isOpen === false);
    fake.play();

    const next = speak(voice.session, 'A new one.');
    expect(await next.ended).toBeUndefined();

    expect(old.items).toHaveLength(1);
    expect(fake.requests[0]!.sentences[0]).toMatchObject({ isFinal: false });
    expect(samplesOf(next)).toBe(samplesFor('A new one.'));
  });

  it('while the socket is being opened leaves it to the next sentence', async () => {
    const turn = speak(voice.session, long);
    await until(() => fake.requests.length === 1);
    turn.abort.abort();
    await turn.ended;

    expect(await speak(voice.session, 'Go on.').ended).toBeUndefined();
    expect(fake.requests[0]!.sentences).toMatchObject([{ text: 'Go on.' }]);
  });
});

describe('a dialogue socket that fails', () => {
  it.each([
    ['authentication_required', 'provider.misconfigured'],
    ['too_many_concurrent_requests', 'provider.rate_limited'],
    ['input_timeout_exceeded', 'provider.unavailable'],
  ])('with %s fails its sentence with %s', async (error, code) => {
    fake.play({ after: 1, instead: { error } });

    expect(await speak(voice.session, long).ended).toMatchObject({ code, details: { reason: error } });
  });

  it('by ending without its last message fails its sentence', async () => {
    fake.play({ after: 1, instead: { close: 1000 } });

    expect(await speak(voice.session, long).ended).toMatchObject({ code: 'provider.protocol_error' });
  });
});

describe('the end of a conversation with v3 or v4', () => {
  it('closes its spare socket', async () => {
    await speak(voice.session, 'One.').ended;

    await voice.session.close?.();
    await until(() => fake.openSockets === 0);

    expect(fake.openRequests).toBe(0);
  });
});
