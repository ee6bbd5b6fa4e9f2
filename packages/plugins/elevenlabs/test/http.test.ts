import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeElevenLabs, startFakeElevenLabs } from './fake-elevenlabs.ts';
import { type StartedVoice, samplesOf, speak, startVoice, until, wordsOf } from './start-voice.ts';

let fake: FakeElevenLabs;
let voice: StartedVoice;
const start = async (options: object): Promise<void> => {
  voice = await startVoice(fake, { transport: 'http', ...options });
};
beforeEach(async () => {
  fake = await startFakeElevenLabs();
  await start({ model: 'eleven_multilingual_v2' });
});
afterEach(async () => {
  await voice.close();
  await fake.close();
});

const long = 'The quick brown fox jumps over the lazy dog, and then it goes home.';

describe('speech over HTTP', () => {
  it('is asked for in one request per sentence, with its neighbours', async () => {
    const control = { emotion: { label: 'sad', intensity: 1 }, rate: 0.5 } as const;
    const spoken = speak(voice.session, 'How are you?', {
      control,
      previousText: 'Good morning.',
      nextText: 'Come in.',
    });

    expect(await spoken.ended).toBeUndefined();

    expect(fake.requests).toMatchObject([
      {
        path: '/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/stream/with-timestamps',
        query: { output_format: 'pcm_24000' },
        body: {
          text: 'How are you?',
          model_id: 'eleven_multilingual_v2',
          apply_text_normalization: 'auto',
          voice_settings: {
            stability: 0.45,
            style: 0.3,
            similarity_boost: 0.75,
            use_speaker_boost: true,
            speed: 0.7,
          },
          previous_text: 'Good morning.',
          next_text: 'Come in.',
        },
      },
    ]);
    expect(fake.requests[0]!.body).not.toHaveProperty('language_code');
    expect(wordsOf(spoken)).toEqual(['How', 'are', 'you?']);
  });

  it('has no neighbours for v3, but a language', async () => {
    await voice.close();
    await start({ model: 'eleven_v3', logging: false });

    await speak(voice.session, 'Guten Tag.', { control: { language: 'de-CH' }, previousText: 'Hallo.' })
      .ended;

    expect(fake.requests[0]).toMatchObject({
      query: { enable_logging: 'false' },
      body: { language_code: 'de', voice_settings: { stability: 0.5 } },
    });
    expect(fake.requests[0]!.body).not.toHaveProperty('previous_text');
  });

  it('is whole with every other line without times', async () => {
    const whole = speak(voice.session, long);
    await whole.ended;
    fake.play({ alignment: 'every other' });

    const spoken = speak(voice.session, long);

    expect(await spoken.ended).toBeUndefined();
    expect(samplesOf(spoken)).toBe(samplesOf(whole));
    expect(wordsOf(spoken).length).toBeGreaterThan(0);
  });

  it('ends at an interrupt, and so does the request', async () => {
    fake.play({ everyMs: 1, frameBytes: 480 });

    const stopped = speak(voice.session, long, { onItem: (_items, abort) => abort.abort() });

    expect(await stopped.ended).toBeUndefined();
    expect(stopped.items).toHaveLength(1);
    await until(() => fake.openRequests === 0);
  });

  it.each([
    { status: 401, code: 'invalid_api_key', error: 'provider.misconfigured' },
    { status: 401, code: 'quota_exceeded', error: 'provider.misconfigured' },
    { status: 400, code: 'voice_not_found', error: 'provider.misconfigured' },
    { status: 429, code: 'system_busy', error: 'provider.rate_limited' },
    { status: 500, code: 'internal', error: 'provider.unavailable' },
  ])('refused with $status $code fails with $error', async ({ status, code, error }) => {
    fake.play({ refusal: { status, body: { detail: { code, message: 'x' } } } });

    expect(await speak(voice.session, 'Hi.').ended).toMatchObject({ code: error });
    expect(fake.requests).toHaveLength(1);
  });
});

describe('speech at one time', () => {
  it('is no more than ElevenLabs says in its headers', async () => {
    fake.play({ headers: { 'maximum-concurrent-requests': '1' } });
    await speak(voice.session, 'Hi.').ended;
    fake.play({ after: 1, instead: 'hang', headers: { 'maximum-concurrent-requests': '1' } });
    const first = speak(voice.session, long);
    await until(() => first.items.length > 0);

    const second = speak(voice.session, 'Hi.');

    expect(await second.ended).toMatchObject({ code: 'provider.rate_limited' });
    expect(fake.requests).toHaveLength(2);
    first.abort.abort();
    await first.ended;
  });

  it('is less after ElevenLabs refused one', async () => {
    await voice.close();
    await start({ plan: 'free', model: 'eleven_multilingual_v2' });
    fake.play({ refusal: { status: 429, body: { detail: { code: 'too_many_concurrent_requests' } } } });
    expect(await speak(voice.session, 'Hi.').ended).toMatchObject({ code: 'provider.rate_limited' });
    fake.play({ after: 1, instead: 'hang' });
    const first = speak(voice.session, long);
    await until(() => first.items.length > 0);

    expect(await speak(voice.session, 'Hi.').ended).toMatchObject({ code: 'provider.rate_limited' });
    expect(fake.requests).toHaveLength(2);
    first.abort.abort();
    await first.ended;
  });
});
