import { ElevenLabsClient, ElevenLabsError } from '@elevenlabs/elevenlabs-js';
import { sampleRateHz } from '@tth/core/plugin';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeElevenLabs, fakeKey, startFakeElevenLabs } from './fake-elevenlabs.ts';
import { msPerChar } from './fake-speech.ts';

// The fake is a fair ElevenLabs where the vendor's own client finds that it is one.

let fake: FakeElevenLabs;
beforeEach(async () => {
  fake = await startFakeElevenLabs();
});
afterEach(() => fake.close());

const text = 'Good morning to you.';
const byteLength = (text.length * msPerChar * sampleRateHz * 2) / 1_000;
const clientWith = (apiKey: string): ElevenLabsClient =>
  new ElevenLabsClient({ apiKey, baseUrl: fake.url, maxRetries: 0 });
const request = { text, modelId: 'eleven_flash_v2_5', outputFormat: 'pcm_24000' } as const;

describe('the official client at the fake ElevenLabs', () => {
  it('hears a stream of sound', async () => {
    const stream = await clientWith(fakeKey).textToSpeech.stream('v1', request);

    let received = 0;
    for await (const chunk of stream) received += chunk.byteLength;

    expect(received).toBe(byteLength);
    expect(fake.requests).toMatchObject([
      {
        path: '/v1/text-to-speech/v1/stream',
        query: { output_format: 'pcm_24000' },
        body: { text, model_id: 'eleven_flash_v2_5' },
      },
    ]);
  });

  it('reads a stream with timestamps', async () => {
    const stream = await clientWith(fakeKey).textToSpeech.streamWithTimestamps('v1', request);

    let received = 0;
    const characters: string[] = [];
    const starts: number[] = [];
    for await (const { audioBase64, alignment } of stream) {
      received += Buffer.from(audioBase64, 'base64').byteLength;
      characters.push(...(alignment?.characters ?? []));
      starts.push(...(alignment?.characterStartTimesSeconds ?? []));
    }

    expect(received).toBe(byteLength);
    expect(characters.join('')).toBe(text);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });

  it('finds the models', async () => {
    const models = await clientWith(fakeKey).models.list();

    expect(models.map(({ modelId }) => modelId)).toContain('eleven_flash_v2_5');
    expect(models.every(({ canDoTextToSpeech }) => canDoTextToSpeech)).toBe(true);
  });

  it.each([
    { status: 401, body: { detail: { status: 'invalid_api_key', message: 'no' } } },
    { status: 422, body: { detail: [{ loc: ['body'], msg: 'no', type: 'missing' }] } },
    { status: 429, body: { detail: { code: 'system_busy', message: 'no' } } },
    { status: 500, body: { detail: { message: 'no' } } },
  ])('is refused with $status, and the body is as it was sent', async ({ status, body }) => {
    fake.play({ refusal: { status, body } });

    const error: unknown = await clientWith(fakeKey)
      .textToSpeech.stream('v1', request)
      .catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ElevenLabsError);
    expect(error).toMatchObject({ statusCode: status });
    expect(JSON.stringify((error as ElevenLabsError).body)).toContain('detail');
  });

  it('is refused with a key that is none', async () => {
    const error: unknown = await clientWith('wrong')
      .models.list()
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ statusCode: 401 });
  });
});
