import type { TtsAdapter } from '@tth/core/plugin';
import { dieAfter, endAfter, failureOf, hangAfter, pace, recut, startAdapter, until } from '@tth/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { type SpeechScript, type SpeechServer, rebase, startSpeechServer } from './fake-openai-speech.ts';
import { joined, sentence, speak } from './speaking.ts';
import { eventOfError, piece, tokensOf } from './speech-answers.ts';

let server: SpeechServer;
const closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  server = await startSpeechServer();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await server.close();
});

const needsKey = (options: { readonly flavour: string }) =>
  ['openai', 'litellm'].includes(options.flavour) ? { apiKey: 'VOICE_KEY' } : {};
type Options = Readonly<Record<string, unknown>> & { readonly flavour: string };
const start = async (options: Options): Promise<TtsAdapter> => {
  const given = { baseUrl: `${server.url}/v1`, ...needsKey(options), ...options };
  const started = await startAdapter(plugin, 'tts', 'openai-speech', { options: given });
  closing.push(() => started.close());
  return started.adapter;
};

const forms = [
  { flavour: 'openai', form: 'sse' },
  { flavour: 'openai', form: 'raw' },
  { flavour: 'vllm-omni', form: 'whole', voice: 'anna' },
  { flavour: 'kokoro', form: 'captions' },
] as const;
const samples = sentence.length * 50 * 24;

describe.each(forms)('speech of $flavour as $form', (options) => {
  it('is the same however its bytes are cut', async () => {
    const adapter = await start(options);
    const whole = await speak(adapter);

    for (const byteLength of [481, 37]) {
      server.play({ faults: [recut(byteLength)] });
      expect(joined((await speak(adapter)).outputs)).toEqual(joined(whole.outputs));
    }
    expect(whole.samples).toBe(samples);
  });

  it('comes in runs of 200 ms at most', async () => {
    const { outputs } = await speak(await start(options));

    expect(Math.max(...outputs.map(({ pcm }) => pcm.length))).toBeLessThanOrEqual(4_800);
  });

  it.each([
    ['no bytes', { faults: [endAfter(0)] }, 'provider.protocol_error'],
    [
      'a page in its place',
      { contentType: 'text/html', faults: [() => [piece('<html></html>')]] },
      'provider.protocol_error',
    ],
    ['a connection that is closed', { faults: [dieAfter(2, 'fin')] }, 'provider.unavailable'],
    ['a connection that is reset', { faults: [dieAfter(2, 'rst')] }, 'provider.unavailable'],
    ['a refusal', { refusal: { status: 503 } }, 'provider.unavailable'],
  ] as [string, SpeechScript, string][])('fails at %s, after one request', async (_what, script, code) => {
    const adapter = await start(options);
    server.play(script);

    expect(await failureOf(() => speak(adapter), server.requests)).toMatchObject({
      error: { code },
      asked: 1,
    });
  });

  it.each([
    ['before the headers', { isMute: true }],
    ['before the first sound', { faults: [hangAfter(0)] }],
    ['between two pieces', { faults: [hangAfter(1)] }],
  ] as [string, SpeechScript][])('ends at an abort while the server is silent %s', async (_where, script) => {
    const adapter = await start(options);
    server.play(script);
    const abort = new AbortController();

    const speech = speak(adapter, { signal: abort.signal });
    await until(() => server.requests.length === 1);
    abort.abort();

    expect((await speech).samples).toBeLessThan(samples);
    await until(() => server.requests[0]!.state === 'left');
  });

  it('closes the connection within one piece of an abort', async () => {
    const adapter = await start(options);
    server.play({ faults: [pace(5)] });
    const abort = new AbortController();
    let piecesAtAbort = 0;

    const { outputs } = await speak(adapter, {
      signal: abort.signal,
      on: () => {
        piecesAtAbort = server.requests[0]!.pieces;
        abort.abort();
      },
    });

    await until(() => server.requests[0]!.state !== 'open');
    expect(outputs).toHaveLength(1);
    expect(server.requests[0]!.pieces - piecesAtAbort).toBeLessThanOrEqual(2);
  });
});

describe('speech as events', () => {
  const options = { flavour: 'vllm-omni', voice: 'anna' };

  it('counts the tokens that its last event tells', async () => {
    const { usage } = await speak(await start(options));

    const { input_tokens: input, output_tokens: output } = tokensOf({
      text: sentence,
      speed: 1,
      rateHz: 24_000,
    });
    expect(usage).toEqual([
      { unit: 'characters', amount: sentence.length },
      { unit: 'input_tokens', amount: input },
      { unit: 'output_tokens', amount: output },
    ]);
  });

  it('is whole where events end in the middle of a sample', async () => {
    const adapter = await start(options);
    const whole = await speak(adapter);

    server.play({ faults: [rebase(481)] });

    expect(joined((await speak(adapter)).outputs)).toEqual(joined(whole.outputs));
  });

  it('is broken off where its last event is missing', async () => {
    server.play({ faults: [(steps) => [...steps].slice(0, -1)] });

    await expect(speak(await start(options))).rejects.toMatchObject({
      code: 'provider.protocol_error',
      details: { reason: 'truncated' },
    });
  });

  it.each([
    [{ message: sentence, type: 'server_error', param: null, code: 500 }, 'provider.unavailable'],
    [{ message: sentence, type: 'rate_limit_error', code: 'rate_limit_exceeded' }, 'provider.rate_limited'],
    [{ message: sentence, type: 'insufficient_quota', code: 'insufficient_quota' }, 'provider.misconfigured'],
    [{ message: sentence, code: 'content_policy_violation' }, 'provider.rejected'],
    [{ message: sentence, type: 'BadRequestError', code: 400 }, 'provider.misconfigured'],
    [{}, 'provider.unavailable'],
  ])('fails where an event says %o after half of it', async (error, code) => {
    const adapter = await start(options);
    server.play({ faults: [endAfter(20), (steps) => [...steps, eventOfError(error)]] });

    const failure: unknown = await speak(adapter).catch((thrown: unknown) => thrown);

    expect(failure).toMatchObject({ code });
    expect(JSON.stringify(failure) + String(failure)).not.toContain(sentence);
  });

  it('forgives one event that cannot be read, and no more', async () => {
    const adapter = await start(options);
    const noise = piece('data: {"type":"speech.audio.de\n\n');
    server.play({ faults: [(steps) => [noise, ...steps]] });
    expect((await speak(adapter)).samples).toBe(samples);

    server.play({ faults: [(steps) => [noise, noise, ...steps]] });

    await expect(speak(adapter)).rejects.toMatchObject({ code: 'provider.protocol_error' });
  });

  it('leaves events alone that it does not know', async () => {
    const adapter = await start(options);
    server.play({
      faults: [(steps) => [piece(': ping\n\ndata: {"type":"speech.audio.created"}\n\n'), ...steps]],
    });

    expect((await speak(adapter)).samples).toBe(samples);
  });
});

describe('speech as samples', () => {
  const options = { flavour: 'generic', form: 'raw' };

  it('is brought to our rate from that of the options', async () => {
    server.play({ rateHz: 22_050 });

    const { samples: heard } = await speak(await start({ ...options, sampleRateHz: 22_050 }));

    expect(Math.abs(heard - samples)).toBeLessThanOrEqual(1);
  });

  it('is read as a WAV where the server sends one all the same', async () => {
    server.play({ rateHz: 22_050, wav: { declaredBytes: 0xffff_ffff, extraChunks: [26] } });

    const { samples: heard } = await speak(
      await start({ ...options, extraBody: { response_format: 'wav' } }),
    );

    expect(Math.abs(heard - samples)).toBeLessThanOrEqual(1);
  });

  it('is read whatever kind of sound the server calls it', async () => {
    server.play({ contentType: 'audio/mpeg' });

    expect((await speak(await start(options))).samples).toBe(samples);
  });

  it.each(['ID3\u0004 and so on and on', 'OggS and so on and on', 'fLaC and so on and on'])(
    'is refused as compressed where it begins with %s',
    async (text) => {
      server.play({ faults: [() => [piece(text)]] });

      await expect(speak(await start(options))).rejects.toMatchObject({ code: 'provider.format_mismatch' });
    },
  );

  it('is refused as compressed where it is called MP3 and begins as one', async () => {
    server.play({
      contentType: 'audio/mpeg',
      faults: [(steps) => [piece(Uint8Array.of(0xff, 0xfb, 0x90, 0x64)), ...steps]],
    });

    await expect(speak(await start(options))).rejects.toMatchObject({ code: 'provider.format_mismatch' });
  });

  it('is taken for samples where it begins as an MP3 may and is called nothing of the kind', async () => {
    server.play({ faults: [(steps) => [piece(Uint8Array.of(0xff, 0xfb)), ...steps]] });

    expect((await speak(await start(options))).samples).toBe(samples + 1);
  });

  it('fails where it ends in the middle of a sample', async () => {
    server.play({ faults: [(steps) => [...steps, piece(Uint8Array.of(7))]] });

    await expect(speak(await start(options))).rejects.toMatchObject({ code: 'provider.protocol_error' });
  });

  it('fails where JSON comes in its place', async () => {
    server.play({ contentType: 'application/json', faults: [() => [piece('{"error":{"message":"no"}}')]] });

    await expect(speak(await start(options))).rejects.toMatchObject({ code: 'provider.protocol_error' });
  });
});

describe('speech with captions', () => {
  const options = { flavour: 'kokoro' };

  it('tells each word with the run of sound in which it begins', async () => {
    const { outputs } = await speak(await start(options));

    let endUs = 0;
    for (const { pcm, words } of outputs) {
      const startUs = endUs;
      endUs += (pcm.length * 1_000_000) / 24_000;
      for (const word of words) {
        expect(word.startUs).toBeGreaterThanOrEqual(startUs);
        expect(word.startUs).toBeLessThan(endUs);
      }
    }
    expect(outputs.flatMap(({ words }) => words.map(({ text }) => text))).toEqual(sentence.match(/\w+/g));
    expect(new Set(outputs.map(({ timing }) => timing))).toEqual(new Set(['measured']));
  });

  it('is broken off where the server ends well with most of the text unspoken', async () => {
    const adapter = await start(options);
    server.play({ faults: [endAfter(1)] });

    await expect(speak(adapter, { text: `${sentence} ${sentence} ${sentence}` })).rejects.toMatchObject({
      details: { reason: 'truncated' },
    });
  });

  it('is well without any times', async () => {
    const adapter = await start(options);
    server.play({
      faults: [
        (steps) =>
          [...steps].flatMap((step) =>
            step.kind === 'piece'
              ? [
                  piece(
                    Buffer.from(step.bytes)
                      .toString()
                      .replace(/"timestamps":\[.*\]/, '"timestamps":null'),
                  ),
                ]
              : [step],
          ),
      ],
    });

    expect((await speak(adapter)).samples).toBe(samples);
  });
});

describe('a refused call for speech', () => {
  const openai = (code: string, type = 'invalid_request_error') => ({
    error: { message: `About: ${sentence}`, type, param: null, code },
  });

  it.each([
    [400, openai('string_above_max_length'), 'provider.rejected'],
    [400, openai('unsupported_value'), 'provider.misconfigured'],
    [400, openai('content_policy_violation'), 'provider.rejected'],
    [401, openai('invalid_api_key'), 'provider.misconfigured'],
    [401, { error: 'Unauthorized' }, 'provider.misconfigured'],
    [403, openai('unsupported_country_region_territory'), 'provider.misconfigured'],
    [404, openai('model_not_found'), 'provider.misconfigured'],
    [408, {}, 'provider.unavailable'],
    [409, {}, 'provider.unavailable'],
    [429, openai('rate_limit_exceeded', 'requests'), 'provider.rate_limited'],
    [429, openai('insufficient_quota', 'insufficient_quota'), 'provider.misconfigured'],
    [429, openai('credit_balance_exhausted'), 'provider.misconfigured'],
    [429, openai('slow_down', 'rate_limit_error'), 'provider.rate_limited'],
    [500, openai('server_error', 'server_error'), 'provider.unavailable'],
    [503, openai('server_is_overloaded', 'service_unavailable_error'), 'provider.unavailable'],
    [
      400,
      { error: { message: 'no', type: 'BadRequestError', param: null, code: 400 } },
      'provider.misconfigured',
    ],
    [
      404,
      { error: { message: 'no', type: 'NotFoundError', param: null, code: 404 } },
      'provider.misconfigured',
    ],
    [400, { detail: { error: 'validation_error', type: 'invalid_request_error' } }, 'provider.misconfigured'],
    [400, { detail: { error: 'invalid_model', type: 'invalid_request_error' } }, 'provider.misconfigured'],
    [403, { detail: 'Forbidden' }, 'provider.misconfigured'],
    [422, { detail: [{ loc: ['body', 'input'], msg: 'field required' }] }, 'provider.misconfigured'],
    [500, { detail: { error: 'processing_error', type: 'server_error' } }, 'provider.unavailable'],
    [502, '<html>Bad gateway</html>', 'provider.unavailable'],
    [500, '<html>Internal Server Error</html>', 'provider.unavailable'],
  ])('with %i %o is a failure by the table, after one request', async (status, body, code) => {
    const adapter = await start({ flavour: 'openai' });
    server.play({ refusal: { status, body } });

    const failure: unknown = await speak(adapter).catch((thrown: unknown) => thrown);

    expect(failure).toHaveProperty('code', code);
    expect(failure).toHaveProperty('details.status', status);
    expect(JSON.stringify(failure) + String(failure)).not.toContain(sentence);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [429, { 'retry-after-ms': '30' }, 30],
    [429, { 'retry-after': '2' }, 2_000],
    [503, { 'retry-after': '1' }, 1_000],
  ])('with %i and %o says how long to wait', async (status, headers, retryAfterMs) => {
    const adapter = await start({ flavour: 'openai' });
    server.play({ refusal: { status, headers } });

    await expect(speak(adapter)).rejects.toMatchObject({ code: 'provider.rate_limited', retryAfterMs });
  });
});

describe('a voice over HTTP', () => {
  it('sends its key to a server that wants one, and none to another', async () => {
    await speak(await start({ flavour: 'openai' }));
    await speak(await start({ flavour: 'orpheus' }));

    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer secret-VOICE_KEY',
      undefined,
    ]);
  });

  it('counts characters, and the tokens that headers tell', async () => {
    server.play({ headers: { 'x-vllm-omni-input-tokens': '41', 'x-vllm-omni-output-tokens': '77' } });

    const { usage } = await speak(await start({ flavour: 'vllm-omni', form: 'whole', voice: 'anna' }));

    expect(usage).toEqual([
      { unit: 'characters', amount: sentence.length },
      { unit: 'input_tokens', amount: 41 },
      { unit: 'output_tokens', amount: 77 },
    ]);
  });

  it('speaks faster where its server does', async () => {
    const adapter = await start({ flavour: 'piper', baseUrl: server.url, voice: 'anna' });

    const { samples: heard } = await speak(adapter, { control: { rate: 2 } });

    expect(heard).toBe(samples / 2);
  });

  it.each([
    [{ flavour: 'openai' }, ['/v1/models/gpt-4o-mini-tts'], 'ok'],
    [{ flavour: 'vllm-omni', voice: 'anna' }, ['/health', '/v1/audio/voices'], 'ok'],
    [{ flavour: 'vllm-omni', voice: 'nobody' }, ['/health', '/v1/audio/voices'], 'degraded'],
    [{ flavour: 'kokoro' }, ['/health', '/v1/audio/voices'], 'ok'],
    [{ flavour: 'kokoro', voice: 'af_bella(2)+af_sky(1)' }, ['/health'], 'ok'],
    [{ flavour: 'orpheus' }, ['/v1/audio/voices', '/v1/audio/voices'], 'ok'],
    [{ flavour: 'litellm' }, ['/health/liveliness'], 'ok'],
    [{ flavour: 'generic' }, ['/v1/models'], 'ok'],
  ])('asks after its health with %o at %o', async (options, questions, status) => {
    const health = await (await start(options)).health(new AbortController().signal);

    expect(health.status).toBe(status);
    expect(server.questions.map(({ path }) => path)).toEqual(questions);
    expect(server.requests).toEqual([]);
  });

  it('asks Piper for its voices, since an unknown one is silently another', async () => {
    const adapter = await start({ flavour: 'piper', baseUrl: server.url, voice: 'nobody' });

    expect(await adapter.health(new AbortController().signal)).toMatchObject({ status: 'degraded' });
    expect(server.questions.map(({ path }) => path)).toEqual(['/voices', '/voices']);
  });

  it('is well at a server that has no list of models, and at none that is broken', async () => {
    const adapter = await start({ flavour: 'generic' });
    server.play({ refusal: { status: 404 } });
    expect(await adapter.health(new AbortController().signal)).toMatchObject({ status: 'ok' });

    server.play({ refusal: { status: 500 } });

    await expect(adapter.health(new AbortController().signal)).rejects.toMatchObject({
      code: 'provider.unavailable',
    });
  });

  it('says when its vendor ends it', async () => {
    const health = await (await start({ flavour: 'openai' })).health(new AbortController().signal);

    expect(health.detail).toContain('2027-01-06');
  });
});

describe('speech as a whole clip', () => {
  const options = { flavour: 'orpheus' };

  it.each([
    { declaredBytes: 0 },
    { declaredBytes: 0xffff_ffff },
    { extraChunks: [26, 3] },
    { trailer: 900 },
    {},
  ])('is read from a WAV that looks like %o', async (wav) => {
    server.play({ wav, rateHz: 22_050, faults: [recut(481)] });

    const { samples: heard } = await speak(await start(options));

    expect(Math.abs(heard - samples)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['ends before the length that it declared', { wav: { declaredBytes: 10_000_000 } }],
    [
      'ends inside its header',
      { faults: [(steps) => [piece(([...steps][0] as { bytes: Uint8Array }).bytes.subarray(0, 30))]] },
    ],
    ['has two channels', { wav: { channels: 2 } }],
    ['is none', { faults: [(steps) => [...steps].slice(1)] }],
  ] as [string, SpeechScript][])('fails where the WAV %s', async (_what, script) => {
    server.play(script);

    await expect(speak(await start(options))).rejects.toMatchObject({ code: 'provider.protocol_error' });
  });
});
