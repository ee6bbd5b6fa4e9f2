import type { CloseContext } from '@elevenlabs/elevenlabs-js/dist/serialization/types/CloseContext.js';
import type { FlushContext } from '@elevenlabs/elevenlabs-js/dist/serialization/types/FlushContext.js';
import type { InitializeConnectionMulti } from '@elevenlabs/elevenlabs-js/dist/serialization/types/InitializeConnectionMulti.js';
import { sampleRateHz } from '@tth/core/plugin';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeElevenLabs, fakeKey, startFakeElevenLabs } from './fake-elevenlabs.ts';
import type { ContextMessage } from './fake-sockets.ts';
import { msPerChar } from './fake-speech.ts';
import { type StartedVoice, samplesOf, speak, startVoice, until, wordsOf } from './start-voice.ts';

let fake: FakeElevenLabs;
let voice: StartedVoice;
beforeEach(async () => {
  fake = await startFakeElevenLabs();
  voice = await startVoice(fake);
});
afterEach(async () => {
  await voice.session.close?.();
  await voice.close();
  await fake.close();
});

const long = 'The quick brown fox jumps over the lazy dog, and then it goes home.';
/** Samples of a text and the space that is sent after it. */
const samplesFor = (text: string): number => ((text.length + 1) * msPerChar * sampleRateHz) / 1_000;
const messages = (): ContextMessage[] =>
  fake.requests.flatMap(({ received }) => received as ContextMessage[]);
const sentences = () => fake.requests.flatMap(({ sentences: spoken }) => spoken);

describe('a conversation over one socket', () => {
  it('is one socket for all its sentences, each a context that is opened, flushed and closed', async () => {
    await speak(voice.session, 'Good morning.').ended;
    await speak(voice.session, 'How are you?').ended;

    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]).toMatchObject({
      path: '/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/multi-stream-input',
      headers: { 'xi-api-key': fakeKey },
      query: {
        model_id: 'eleven_flash_v2_5',
        output_format: 'pcm_24000',
        sync_alignment: 'true',
        auto_mode: 'true',
        inactivity_timeout: '60',
        apply_text_normalization: 'auto',
        language_code: 'en',
      },
    });
    const settings = { stability: 0.5, similarity_boost: 0.75, speed: 1 };
    expect(messages()).toEqual([
      { text: ' ', voice_settings: settings, context_id: 's0' },
      { text: 'Good morning. ', context_id: 's0', flush: true },
      { context_id: 's0', close_context: true },
      { text: ' ', voice_settings: settings, context_id: 's1' },
      { text: 'How are you? ', context_id: 's1', flush: true },
      { context_id: 's1', close_context: true },
    ] satisfies (InitializeConnectionMulti.Raw | FlushContext.Raw | CloseContext.Raw)[]);
  });

  it('keeps the key out of the address', async () => {
    await speak(voice.session, 'Hi.').ended;

    expect(JSON.stringify([fake.requests[0]!.path, fake.requests[0]!.query])).not.toContain(fakeKey);
  });

  it.each(['documented', 'seen'] as const)('understands messages as they are %s', async (spelling) => {
    fake.play({ spelling });

    const spoken = speak(voice.session, long);

    expect(await spoken.ended).toBeUndefined();
    expect(samplesOf(spoken)).toBe(samplesFor(long));
    expect(wordsOf(spoken)).toEqual(long.split(' '));
  });

  it.each(['sentence', 'piece'] as const)(
    'gives the same times where they count from the %s',
    async (timeBase) => {
      fake.play({ timeBase, frameBytes: 4_801 });

      const spoken = speak(voice.session, long);
      await spoken.ended;

      const { words } = spoken.items.at(-1)!;
      const startUs = (long.length - 'home.'.length) * msPerChar * 1_000;
      expect(Math.abs(words.at(-1)!.startUs - startUs)).toBeLessThanOrEqual(1_000);
      expect(wordsOf(spoken)).toEqual(long.split(' '));
    },
  );

  it('speaks on where a frame has no times', async () => {
    fake.play({ alignment: 'none' });

    const spoken = speak(voice.session, long);

    expect(await spoken.ended).toBeUndefined();
    expect(samplesOf(spoken)).toBe(samplesFor(long));
    expect(wordsOf(spoken)).toEqual([]);
  });

  it('reports the characters that were sent, of a sentence that is stopped too', async () => {
    const stopped = speak(voice.session, long, { onItem: (_items, abort) => abort.abort() });
    await stopped.ended;

    expect(stopped.context.usageRecords).toEqual([{ unit: 'characters', amount: long.length }]);
  });

  it('takes another socket for another voice or language, and leaves the one before', async () => {
    const [other, alone] = ['abcdefghij0123456789', { language: 'de-AT' }] as const;
    await voice.close();
    voice = await startVoice(fake, { voices: [other] });

    await speak(voice.session, 'One.').ended;
    await speak(voice.session, 'Two.', { control: { voice: other } }).ended;
    await speak(voice.session, 'Drei.', { control: { voice: other, ...alone } }).ended;
    await until(() => fake.openSockets === 1);

    expect(fake.requests.map(({ path, query }) => [path.split('/')[3], query['language_code']])).toEqual([
      ['JBFqnCBsd6RMkjVDRZzb', 'en'],
      [other, 'en'],
      [other, 'de'],
    ]);
  });

  it('takes pronunciation dictionaries along in the first message of each context', async () => {
    await voice.close();
    voice = await startVoice(fake, { dictionaries: [{ id: 'd1', version: 'v1' }] });

    await speak(voice.session, 'Hi.').ended;

    expect(messages()[0]).toMatchObject({
      pronunciation_dictionary_locators: [{ pronunciation_dictionary_id: 'd1', version_id: 'v1' }],
    });
  });

  it('reads no brackets aloud', async () => {
    await speak(voice.session, 'See [the manual] there.').ended;

    expect(sentences()[0]?.text).toBe('See the manual there. ');
  });
});

describe('an interrupt', () => {
  it('ends within one item, and nothing of the old sentence is heard in the new one', async () => {
    fake.play({ everyMs: 1, frameBytes: 2_400 });
    const old = speak(voice.session, long, { onItem: (_items, abort) => abort.abort() });
    expect(await old.ended).toBeUndefined();
    const sentBefore = sentences()[0]!.sentFrames;

    const next = speak(voice.session, 'A new one.');
    expect(await next.ended).toBeUndefined();
    await until(() => sentences()[0]!.isFinal);

    // What came of the old sentence after its end: at least 500 ms, between the frames of the new one.
    const lateMs = (sentences()[0]!.sentFrames - sentBefore) * 50;
    expect(lateMs).toBeGreaterThan(500);
    expect(old.items).toHaveLength(1);
    expect(samplesOf(next)).toBe(samplesFor('A new one.'));
    expect(wordsOf(next)).toEqual(['A', 'new', 'one.']);
    expect(fake.requests).toHaveLength(1);
    expect(
      messages().filter(({ context_id: id, close_context: closes }) => id === 's0' && closes),
    ).toHaveLength(1);
  });

  it('keeps the conversation on its socket', async () => {
    const turn = speak(voice.session, long, { onItem: (_items, abort) => abort.abort() });
    await turn.ended;

    expect(await speak(voice.session, 'Go on.').ended).toBeUndefined();
    expect(fake.requests).toHaveLength(1);
  });

  it('while the socket is being opened leaves it to the next sentence', async () => {
    const turn = speak(voice.session, long);
    await until(() => fake.requests.length === 1);
    turn.abort.abort();
    await turn.ended;

    expect(await speak(voice.session, 'Go on.').ended).toBeUndefined();
    expect(fake.requests).toHaveLength(1);
  });

  it('that leaves four contexts unfinished takes a second socket, so that there are never five', async () => {
    fake.play({ holdsFinals: true });
    for (let turn = 0; turn < 4; turn++) {
      await speak(voice.session, long, { onItem: (_items, abort) => abort.abort() }).ended;
    }
    fake.play();

    const fifth = speak(voice.session, 'The fifth.');

    expect(await fifth.ended).toBeUndefined();
    expect(fake.requests.map(({ sentences: spoken }) => spoken.length)).toEqual([4, 1]);
    await until(() => fake.openSockets === 1);
  });
});

describe('a socket that fails', () => {
  it.each([
    ['input_timeout_exceeded', 'provider.unavailable'],
    ['max_active_conversations', 'provider.unavailable'],
    ['invalid_api_key', 'provider.misconfigured'],
    ['quota_exceeded', 'provider.misconfigured'],
  ])('in the middle of a sentence with %s fails it with %s', async (error, code) => {
    fake.play({ after: 1, instead: { error } });

    const spoken = speak(voice.session, long);

    expect(await spoken.ended).toMatchObject({ code, details: { reason: error } });
    expect(spoken.items.length).toBeGreaterThan(0);
  });

  it.each([
    { close: 1011, code: 'provider.unavailable' },
    { close: 1012, code: 'provider.unavailable' },
    { close: 1013, code: 'provider.unavailable' },
    { close: 1008, reason: 'quota_exceeded', code: 'provider.misconfigured' },
    { close: 1000, code: 'provider.unavailable' },
  ])('with close code $close fails its sentence with $code', async ({ code, ...instead }) => {
    fake.play({ after: 1, instead });

    expect(await speak(voice.session, long).ended).toMatchObject({ code });
  });

  it('fails every sentence on it, and the next one has a new socket', async () => {
    fake.play({ after: 1, instead: 'rst' });

    const both = [speak(voice.session, long), speak(voice.session, long)];
    const errors = await Promise.all(both.map(({ ended }) => ended));
    fake.play();

    expect(errors).toMatchObject([{ code: 'provider.unavailable' }, { code: 'provider.unavailable' }]);
    expect(await speak(voice.session, 'Go on.').ended).toBeUndefined();
    expect(fake.requests).toHaveLength(2);
  });

  it('while nobody speaks is replaced without a word', async () => {
    fake.play({ inactivityMs: 20 });
    await speak(voice.session, 'One.').ended;
    await until(() => fake.openSockets === 0);
    fake.play();

    expect(await speak(voice.session, 'Two.').ended).toBeUndefined();
    expect(fake.requests).toHaveLength(2);
  });

  it('as a sentence comes to it is replaced once', async () => {
    await speak(voice.session, 'One.').ended;
    fake.play({ after: 0, instead: 'rst' });

    const failed = speak(voice.session, 'Two.');

    expect(await failed.ended).toMatchObject({ code: 'provider.unavailable' });
    expect(fake.requests).toHaveLength(2);
  });
});

describe('a socket that is refused', () => {
  it.each([
    { status: 401, code: 'quota_exceeded', error: 'provider.misconfigured' },
    { status: 403, code: 'only_for_pro+', error: 'provider.misconfigured' },
    { status: 404, code: 'voice_not_found', error: 'provider.misconfigured' },
    { status: 429, code: 'concurrent_limit_exceeded', error: 'provider.rate_limited' },
  ])('with $status $code fails its sentence with $error', async ({ status, code, error }) => {
    fake.play({ refusal: { status, body: { detail: { code, message: 'x' } } } });

    expect(await speak(voice.session, 'Hi.').ended).toMatchObject({ code: error, details: { status } });
    fake.play();
    expect(await speak(voice.session, 'Hi.').ended).toBeUndefined();
  });
});

describe('the end of a conversation', () => {
  it('closes its socket', async () => {
    await speak(voice.session, 'One.').ended;

    await voice.session.close?.();
    await until(() => fake.openSockets === 0);

    expect(fake.openRequests).toBe(0);
  });
});
