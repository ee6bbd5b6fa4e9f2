import { neverEnd } from '@tth/testkit';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SpeechServer, startSpeechServer } from './fake-openai-speech.ts';

let server: SpeechServer;
beforeAll(async () => {
  server = await startSpeechServer();
});
afterAll(() => server.close());

const client = (): OpenAI => new OpenAI({ apiKey: 'key', baseURL: `${server.url}/v1`, maxRetries: 0 });
const request = { model: 'gpt-4o-mini-tts', voice: 'marin', input: 'Good morning.' } as const;

describe('the simulated endpoint, asked by the official client', () => {
  it('answers with samples', async () => {
    server.play({});

    const response = await client().audio.speech.create({ ...request, response_format: 'pcm' });

    expect((await response.arrayBuffer()).byteLength).toBe(request.input.length * 50 * 24 * 2);
    expect(server.requests.at(-1)?.headers['authorization']).toBe('Bearer key');
  });

  it('answers with events', async () => {
    server.play({});

    const response = await client().audio.speech.create({
      ...request,
      response_format: 'pcm',
      stream_format: 'sse',
    });

    const events = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
    expect(JSON.parse(events.at(-1)!.slice(6))).toMatchObject({
      type: 'speech.audio.done',
      usage: { input_tokens: 8 },
    });
  });

  it('refuses as the vendor does', async () => {
    const error = { message: 'Slow down.', type: 'requests', param: null, code: 'rate_limit_exceeded' };
    server.play({ refusal: { status: 429, body: { error } } });

    await expect(client().audio.speech.create({ ...request })).rejects.toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
    });
  });

  it('sees a client that leaves', async () => {
    server.play({ faults: [neverEnd()] });
    const abort = new AbortController();
    const response = await client().audio.speech.create(
      { ...request, response_format: 'pcm' },
      { signal: abort.signal },
    );

    const body = response.arrayBuffer();
    abort.abort();

    await expect(body).rejects.toThrow(/abort/i);
  });
});
