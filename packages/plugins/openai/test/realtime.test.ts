import {
  type AdapterSession,
  type SpeechControl,
  type SpeechInput,
  type SpeechOutput,
  type TtsAdapter,
  silentLog,
  systemClock,
} from '@tth/core/plugin';
import { createInferContext, neutralSpeech, startAdapter, until } from '@tth/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import {
  type FakeRealtime,
  type RealtimeScript,
  endAs,
  message,
  samplesOf,
  startRealtime,
  usageOf,
} from './fake-realtime.ts';
import { sentence, speak } from './speaking.ts';

type Session = AdapterSession<SpeechInput, SpeechControl, SpeechOutput>;

let vendor: FakeRealtime;
const closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  vendor = await startRealtime();
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await vendor.close();
});

const start = async (options: object = {}): Promise<TtsAdapter> => {
  const given = { baseUrl: vendor.url, apiKey: 'REALTIME_KEY', ...options };
  const started = await startAdapter(plugin, 'tts', 'openai-realtime', { options: given });
  closing.push(() => started.close());
  return started.adapter;
};

const converse = async (adapter: TtsAdapter, signal = new AbortController().signal): Promise<Session> => {
  const { sessionId } = createInferContext();
  const session = await adapter.openSession!({ sessionId, signal, clock: systemClock, log: silentLog });
  closing.push(async () => session.close?.());
  return session;
};

const stop = { refusal: { status: 500 } };

const failureOf = async (reading: Promise<unknown>): Promise<unknown> => {
  const failure: unknown = await reading.catch((error: unknown) => error);
  expect(JSON.stringify(failure) + String(failure)).not.toContain(sentence);
  return failure;
};

/** A response that is refused in place of being made. */
const refuse = () => [
  message({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: sentence,
      event_id: vendor.received('response.create').at(-1)?.['event_id'],
    },
  }),
];

describe('a conversation that is read', () => {
  it('goes over one socket, which is open before the first sentence', async () => {
    const session = await converse(await start());
    await until(() => vendor.sockets.length === 1);

    for (const text of ['One.', 'Two and three.', sentence]) {
      expect((await speak(session, { text })).samples).toBe(samplesOf(text));
    }

    expect(vendor.sockets).toHaveLength(1);
    expect(vendor.sockets[0]).toMatchObject({
      url: '/v1/realtime?model=gpt-realtime-2.1-mini',
      headers: { authorization: 'Bearer secret-REALTIME_KEY' },
    });
  });

  it('sets the session once and asks for each sentence out of band', async () => {
    const session = await converse(await start({ reasoningEffort: 'minimal' }));

    await speak(session, { control: { emotion: { label: 'happy', intensity: 0.5 }, language: 'en' } });
    await speak(session);

    expect(vendor.received('session.update')).toEqual([
      expect.objectContaining({
        session: {
          type: 'realtime',
          output_modalities: ['audio'],
          instructions: expect.stringMatching(/word for word/),
          audio: {
            input: { turn_detection: null },
            output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin', speed: 1 },
          },
        },
      }),
    ]);
    expect(vendor.received('response.create')[0]).toMatchObject({
      response: {
        conversation: 'none',
        output_modalities: ['audio'],
        instructions: expect.stringMatching(
          /word for word.*Tone: moderately cheerful, smiling\. Language: English\.$/,
        ),
        max_output_tokens: 4_096,
        reasoning: { effort: 'minimal' },
        input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: sentence }] }],
      },
    });
  });

  it('tells sentences apart that are read at once', async () => {
    const session = await converse(await start());
    const texts = [sentence, 'Short.', `${sentence} ${sentence}`];

    const spoken = await Promise.all(texts.map((text) => speak(session, { text })));

    expect(spoken.map(({ samples }) => samples)).toEqual(texts.map((text) => samplesOf(text)));
    expect(vendor.sockets).toHaveLength(1);
  });

  it('takes a new socket for a new voice, and none for a voice that nobody heard', async () => {
    const session = await converse(await start());

    await speak(session, { control: { voice: 'cedar' } });
    await speak(session, { control: { voice: 'ash' } });

    const voices = vendor.sockets.map(({ received }) => received[0]);
    expect(voices).toMatchObject([
      { session: { audio: { output: { voice: 'cedar' } } } },
      { session: { audio: { output: { voice: 'ash' } } } },
    ]);
    await until(() => !vendor.sockets[0]!.isOpen);
  });

  it('names a voice of one’s own by its id', async () => {
    await speak(await converse(await start()), { control: { voice: 'voice_abc' } });

    expect(vendor.received('session.update')).toMatchObject([
      { session: { audio: { output: { voice: { id: 'voice_abc' } } } } },
    ]);
  });

  it.each<[Partial<SpeechControl>, RegExp]>([
    [{ emotion: { label: 'angry', intensity: 1 } }, /Tone: strongly angry, clipped\./],
    [{ pitch: 0.9 }, /Pitch: a little lower than usual\./],
    [{ language: 'de-AT' }, /Language: Austrian German\./],
    [{ style: 'like a whisper' }, /Style: like a whisper\.$/],
  ])('is told %o in words', async (control, words) => {
    await speak(await converse(await start()), { control });

    expect(vendor.received('response.create')).toMatchObject([
      { response: { instructions: expect.stringMatching(words) } },
    ]);
  });

  it.each([
    [1.2, 1.2],
    [4, 1.5],
    [0.1, 0.25],
  ])('changes its speed between two sentences: %f as %f', async (rate, speed) => {
    const session = await converse(await start());
    await speak(session);

    const { samples } = await speak(session, { control: { rate } });

    expect(vendor.received('session.update')[1]).toMatchObject({ session: { audio: { output: { speed } } } });
    expect(samples).toBe(samplesOf(sentence, speed));
    expect(vendor.sockets).toHaveLength(1);
  });

  it('takes another socket for another speed while a sentence is read', async () => {
    const session = await converse(await start());

    const spoken = await Promise.all([speak(session), speak(session, { control: { rate: 1.25 } })]);

    expect(spoken.map(({ samples }) => samples)).toEqual([samplesOf(sentence), samplesOf(sentence, 1.25)]);
    expect(vendor.sockets).toHaveLength(2);
  });

  it('goes on over a new socket when the vendor has closed the old one between two sentences', async () => {
    const session = await converse(await start());
    await speak(session);
    await vendor.hangUp(1001);

    expect((await speak(session)).samples).toBe(samplesOf(sentence));
    expect(vendor.sockets).toHaveLength(2);
  });

  it('changes a connection that has grown old between two sentences', async () => {
    let aheadMs = 0;
    const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs };
    const options = { baseUrl: vendor.url, apiKey: 'REALTIME_KEY', connectionMinutes: 10 };
    const started = await startAdapter(plugin, 'tts', 'openai-realtime', { options, clock });
    closing.push(() => started.close());
    const session = await converse(started.adapter);
    await speak(session);
    aheadMs = 10 * 60_000;

    await speak(session);

    expect(vendor.sockets).toHaveLength(2);
    await until(() => !vendor.sockets[0]!.isOpen);
  });

  it('counts the tokens that the vendor tells', async () => {
    const { usage } = await speak(await converse(await start()));

    expect(usage).toEqual([
      { unit: 'input_tokens', amount: usageOf(sentence).input_tokens },
      { unit: 'output_tokens', amount: usageOf(sentence).output_tokens },
    ]);
  });

  it('leaves with the vendor what its listener does not take yet', async () => {
    const session = await converse(await start());
    const delta = Buffer.alloc(360_000, 1).toString('base64');
    const large = message({ type: 'response.output_audio.delta', response_id: 'resp_1', delta });
    vendor.play({ change: (steps) => [...steps.slice(0, 4), ...Array.from({ length: 40 }, () => large)] });
    const input = { text: sentence, previousText: '', nextText: '' };

    for await (const _ of session.inferStream(input, neutralSpeech, createInferContext())) {
      await until(() => vendor.openResponses() === 0);
      expect(vendor.held()).toBeGreaterThan(1_000_000);
      break;
    }
  });

  it('ends with its conversation', async () => {
    const conversation = new AbortController();
    await speak(await converse(await start(), conversation.signal));

    conversation.abort();

    await until(() => !vendor.sockets[0]!.isOpen);
    expect(vendor.sockets).toHaveLength(1);
  });

  it('has a socket of its own for a sentence of no conversation', async () => {
    const adapter = await start();

    expect((await speak(adapter)).samples).toBe(samplesOf(sentence));
    await speak(adapter);

    expect(vendor.sockets).toHaveLength(2);
    await until(() => vendor.sockets.every(({ isOpen }) => !isOpen));
  });
});

describe('a reading that is stopped', () => {
  const stopAfterFirst = async (session: Session): Promise<ReturnType<typeof createInferContext>> => {
    const abort = new AbortController();
    const context = createInferContext({ signal: abort.signal });
    const input = { text: sentence.repeat(3), previousText: '', nextText: '' };
    for await (const _ of session.inferStream(input, neutralSpeech, context)) abort.abort();
    return context;
  };

  it('is cancelled at the vendor, and what still comes of it is dropped', async () => {
    const session = await converse(await start());
    vendor.play({ trailing: 20 });

    await stopAfterFirst(session);
    const { samples } = await speak(session, { text: 'Next.' });

    expect(vendor.received('response.cancel')).toEqual([expect.objectContaining({ response_id: 'resp_1' })]);
    expect(samples).toBe(samplesOf('Next.'));
    expect(vendor.sockets).toHaveLength(1);
  });

  it('is paid for as far as the vendor went', async () => {
    const session = await converse(await start());

    const context = await stopAfterFirst(session);
    await until(() => context.usageRecords.length > 0);

    expect(context.usageRecords).toMatchObject([{ unit: 'input_tokens' }, { unit: 'output_tokens' }]);
  });

  it('is cancelled when it is stopped before the vendor has begun', async () => {
    const session = await converse(await start());
    vendor.play({ change: (steps) => [{ kind: 'wait', ms: 5 }, ...steps] });
    const abort = new AbortController();

    const reading = speak(session, { signal: abort.signal });
    await until(() => vendor.received('response.create').length === 1);
    abort.abort();

    expect((await reading).samples).toBe(0);
    await until(() => vendor.received('response.cancel').length === 1);
    await until(() => vendor.openResponses() === 0);
  });

  it('does not mind cancels that find nothing to cancel', async () => {
    const session = await converse(await start());
    await speak(session);
    const nothing = { type: 'invalid_request_error', code: 'response_cancel_not_active', event_id: null };
    for (const _ of [1, 2]) vendor.tell({ type: 'error', error: nothing });
    vendor.play({ change: refuse });

    expect(await failureOf(speak(session))).toMatchObject({ code: 'provider.unavailable' });

    vendor.play({});
    expect((await speak(session)).samples).toBe(samplesOf(sentence));
    expect(vendor.sockets).toHaveLength(1);
  });

  it.each([
    ['before it answers the handshake', { isMute: true }],
    ['before its first event', { change: () => [{ kind: 'hang' }] }],
    ['before its first sound', { change: (steps) => [...steps.slice(0, 4), { kind: 'hang' }] }],
    ['between two runs of sound', { change: (steps) => [...steps.slice(0, 6), { kind: 'hang' }] }],
  ] as [string, RealtimeScript][])('ends while the vendor is silent %s', async (_where, script) => {
    const adapter = await start();
    vendor.play(script);
    const abort = new AbortController();

    const reading = speak(adapter, { signal: abort.signal });
    await until(() => (script.isMute === true ? vendor.waiting() : vendor.openResponses()) === 1);
    abort.abort();

    expect((await reading).samples).toBeLessThan(samplesOf(sentence));
    await until(() => vendor.openResponses() === 0 && vendor.openSockets() === 0);
  });
});

describe('a reading that fails', () => {
  it.each([
    [
      401,
      { error: { message: 'no', type: 'invalid_request_error', code: 'invalid_api_key' } },
      'provider.misconfigured',
    ],
    [403, {}, 'provider.misconfigured'],
    [404, { error: { code: 'model_not_found' } }, 'provider.misconfigured'],
    [429, { error: { code: 'rate_limit_exceeded' } }, 'provider.rate_limited'],
    [429, { error: { code: 'insufficient_quota' } }, 'provider.misconfigured'],
    [500, '<html></html>', 'provider.unavailable'],
    [503, {}, 'provider.unavailable'],
  ])(
    'fails by the table when the upgrade is refused with %i %o, after one attempt',
    async (status, body, code) => {
      const adapter = await start();
      vendor.play({ refusal: { status, body } });

      expect(await failureOf(speak(adapter))).toMatchObject({ code, details: { status } });
      expect(vendor.sockets).toHaveLength(0);
    },
  );

  it('says how long to wait when the upgrade is refused', async () => {
    const adapter = await start();
    vendor.play({ refusal: { status: 429, headers: { 'retry-after': '3' } } });

    await expect(speak(adapter)).rejects.toMatchObject({ retryAfterMs: 3_000 });
  });

  it('fails to open a conversation as it fails to speak', async () => {
    const adapter = await start();
    vendor.play(stop);

    await expect(converse(adapter)).rejects.toMatchObject({ code: 'provider.unavailable' });
  });

  it('takes a bad key for one also when it is told in an event', async () => {
    const adapter = await start();
    vendor.play({
      greeting: { type: 'error', error: { type: 'invalid_request_error', code: 'invalid_api_key' } },
      change: () => [{ kind: 'hang' }],
    });

    expect(await failureOf(speak(adapter))).toMatchObject({ code: 'provider.misconfigured' });
  });

  it('fails where the vendor does not take the session', async () => {
    const adapter = await start();
    vendor.play({
      refusesSession: { type: 'invalid_request_error', code: 'unknown_parameter' },
      change: () => [{ kind: 'hang' }],
    });

    expect(await failureOf(speak(adapter))).toHaveProperty('code', expect.stringMatching(/^provider\./));
  });

  it.each([
    [
      'failed',
      { error: { type: 'requests', code: 'rate_limit_exceeded', message: sentence } },
      'provider.rate_limited',
    ],
    [
      'failed',
      { error: { type: 'x', code: 'insufficient_quota', message: sentence } },
      'provider.misconfigured',
    ],
    [
      'failed',
      { error: { type: 'server_error', code: 'server_error', message: sentence } },
      'provider.unavailable',
    ],
    ['failed', {}, 'provider.unavailable'],
    ['incomplete', { reason: 'max_output_tokens' }, 'provider.protocol_error'],
    ['incomplete', { reason: 'content_filter' }, 'provider.rejected'],
    ['cancelled', { reason: 'turn_detected' }, 'provider.unavailable'],
  ])('fails by the table when the response ends as %s %o', async (status, details, code) => {
    const session = await converse(await start());
    vendor.play({ change: endAs(status, details) });

    expect(await failureOf(speak(session))).toMatchObject({ code });
    expect(vendor.received('response.create')).toHaveLength(1);

    vendor.play({});
    expect((await speak(session)).samples).toBe(samplesOf(sentence));
    expect(vendor.sockets).toHaveLength(1);
  });

  it('is an accident when a request is refused once, and no more when it is again', async () => {
    const session = await converse(await start());
    vendor.play({ change: refuse });

    expect(await failureOf(speak(session))).toMatchObject({ code: 'provider.unavailable' });
    expect(await failureOf(speak(session))).toMatchObject({ code: 'provider.misconfigured' });

    vendor.play({});
    await speak(session);
    vendor.play({ change: refuse });
    expect(await failureOf(speak(session))).toMatchObject({ code: 'provider.unavailable' });
    expect(vendor.sockets).toHaveLength(1);
  });

  it.each([
    ['closed', [{ kind: 'close', code: 1011 }, { kind: 'hang' }]],
    ['closed as if all were well', [{ kind: 'close', code: 1000 }, { kind: 'hang' }]],
    ['lost', [{ kind: 'die', how: 'fin' }, { kind: 'hang' }]],
    ['reset', [{ kind: 'die', how: 'rst' }, { kind: 'hang' }]],
  ] as const)(
    'fails when its socket is %s in the middle, and the next goes over a new one',
    async (_how, then) => {
      const session = await converse(await start());
      vendor.play({ change: (steps) => [...steps.slice(0, 7), ...then] });

      expect(await failureOf(speak(session))).toMatchObject({ code: 'provider.unavailable' });

      vendor.play({});
      expect((await speak(session)).samples).toBe(samplesOf(sentence));
      expect(vendor.sockets).toHaveLength(2);
      expect(vendor.received('response.create')).toHaveLength(2);
    },
  );

  it('fails where the response is well and there is no sound in it', async () => {
    const session = await converse(await start());
    vendor.play({
      change: (steps) =>
        steps.filter(
          (step) =>
            step.kind !== 'message' ||
            typeof step.body === 'string' ||
            step.body['type'] !== 'response.output_audio.delta',
        ),
    });

    await expect(speak(session)).rejects.toMatchObject({ details: { reason: 'empty' } });
  });

  it('forgives one message that cannot be read, and no more', async () => {
    const session = await converse(await start());
    vendor.play({ change: (steps) => [message('{"type":'), ...steps] });
    expect((await speak(session)).samples).toBe(samplesOf(sentence));

    await expect(speak(session)).rejects.toMatchObject({ code: 'provider.protocol_error' });
  });

  it('asks for nothing while the vendor has said that a limit is used up', async () => {
    const session = await converse(await start());
    vendor.play({
      change: (steps) => [
        ...steps.slice(0, -1),
        message({
          type: 'rate_limits.updated',
          rate_limits: [{ name: 'requests', limit: 100, remaining: 0, reset_seconds: 60 }],
        }),
      ],
    });
    await speak(session);
    await until(() => vendor.openResponses() === 0);

    const failure = await failureOf(speak(session));

    expect(failure).toMatchObject({ code: 'provider.rate_limited' });
    expect((failure as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000);
    expect(vendor.received('response.create')).toHaveLength(1);
  });
});

describe('a reader that does not read', () => {
  const answers = { says: () => 'Why do you ask? I am well.' };

  it('fails at the second sentence in a row that is something else', async () => {
    const session = await converse(await start());
    vendor.play(answers);

    expect((await speak(session)).samples).toBe(samplesOf(sentence));
    await expect(speak(session)).rejects.toMatchObject({
      code: 'provider.protocol_error',
      details: { reason: 'misread', inARow: 2 },
    });

    vendor.play({});
    await speak(session);
    vendor.play(answers);
    expect((await speak(session)).samples).toBe(samplesOf(sentence));
  });

  it('fails as soon as the options say', async () => {
    const session = await converse(await start({ misreadLimit: 1 }));
    vendor.play(answers);

    await expect(speak(session)).rejects.toMatchObject({ details: { reason: 'misread' } });
  });

  it('is counted over sentences that belong to no conversation', async () => {
    const adapter = await start();
    vendor.play(answers);

    await speak(adapter);

    await expect(speak(adapter)).rejects.toMatchObject({ details: { reason: 'misread' } });
  });
});

describe('the realtime voice', () => {
  it('asks after its health over HTTP', async () => {
    expect(await (await start()).health(new AbortController().signal)).toMatchObject({ status: 'ok' });
    expect(vendor.sockets).toHaveLength(0);
  });

  it('sends the usual key to the usual address alone', async () => {
    await expect(start({ apiKey: undefined })).rejects.toMatchObject({ code: 'config.invalid' });
  });

  it('says what it can do', async () => {
    const { controls, voices, timings } = (await start({ voice: 'voice_abc' })).capabilities();

    expect(controls).toMatchObject({ rate: { min: 0.25, max: 1.5 }, style: true });
    expect(controls).not.toHaveProperty('volume');
    expect(voices).toEqual(expect.arrayContaining(['marin', 'voice_abc']));
    expect(voices).not.toContain('nova');
    expect(timings).toEqual({ words: 'none', phonemes: 'none' });
  });
});
