import { connect } from 'node:net';
import {
  type AdapterDefinition,
  type AvatarCapabilities,
  type AvatarOutput,
  type LlmAdapter,
  type LlmOutput,
  type SpeechOutput,
  type TtsCapabilities,
  TthError,
} from '@tth/core/plugin';
import { scriptedAvatar, scriptedLlm, scriptedManagedAvatar } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { avatarChecks, llmChecks, ttsChecks } from '../src/conformance/checks.ts';
import {
  all,
  claiming,
  deaf,
  failingWith,
  giving,
  ignoring,
  impatient,
  lettingGo,
  lingering,
  mapping,
  persistent,
  refusing,
  resentful,
  streaming,
  swallowing,
} from './flaws.ts';
import { type Broken, type Sound, face, model, voice } from './put-to-test.ts';

const ofVendor: Sound = { vendor: true };
/** Whatever is to be closed has a fifth of this for it. */
const hangs: Sound = { vendor: true, limitMs: 1_500 };
const text = (item: LlmOutput, change: (text: string) => string): LlmOutput =>
  item.type === 'text_delta' ? { ...item, text: change(item.text) } : item;
const rejected = (): TthError => new TthError('provider.rejected', 'Not this.');

/** Asks for a key, as those of vendors do. */
const keyed: AdapterDefinition = {
  ...scriptedLlm().definition,
  create: (_, { secrets }) => {
    secrets.reveal({ secret: 'VENDOR_KEY' });
    return scriptedLlm().definition.create({}, undefined as never);
  },
};

const contract: readonly Broken[] = [
  model('contract.description', 'describes itself anew each time', /differently/, ({ adapter }) => {
    let times = 0;
    return { capabilities: () => ({ ...adapter.capabilities(), times: times++ }) };
  }),
  voice(
    'contract.claims',
    'claims a range that ends before it begins',
    /ends before it begins/,
    claiming(() => ({ controls: { emotions: [], rate: { min: 2, max: 1 } } })),
  ),
  model('contract.options', 'takes any option', /does not know/, () => ({}), {
    definition: { ...scriptedLlm().definition, options: z.looseObject({}) },
  }),
  voice('contract.health', 'is ill', /"down"/, () => ({ health: async () => ({ status: 'down' }) })),
  model('contract.batch', 'says nothing in a batch', /does not end with "finish"/, () => ({
    inferBatch: async () => [],
  })),
  model('contract.side-by-side', 'mixes calls', /another answer/, (started, vendor) => {
    let open = 0;
    return streaming(async function* (begin, context) {
      open += 1;
      for await (const item of begin(context))
        yield text(item as LlmOutput, (said) => (open > 1 ? `${said}!` : said));
      open -= 1;
    })(started, vendor);
  }),
  model(
    'contract.usage',
    'counts what is no number',
    /NaN characters/,
    streaming(async function* (open, context) {
      context.usage({ unit: 'characters', amount: Number.NaN });
      yield* open(context);
    }),
  ),
  model('contract.vendor', 'has a vendor that nobody simulates', /none was given/, () => ({}), {
    definition: keyed,
  }),
];

const cancel: readonly Broken[] = [
  model('cancel.before-start', 'asks in spite of an abort', /gave an item/, deaf, ofVendor),
  model('cancel.before-first-item', 'hears no early abort', /gave \d+ items/, deaf),
  model('cancel.after-item', 'hears no abort', /items came after/, deaf),
  model('cancel.after-end', 'minds a reader who leaves', /does not talk/, resentful()),
  model('cancel.while-connecting', 'lets go of a call', /is closed: not within/, lettingGo, hangs),
  model('cancel.while-waiting', 'lets go of a call', /is closed: not within/, lettingGo, hangs),
  model('cancel.while-stalled', 'lets go of a call', /is closed: not within/, lettingGo, hangs),
  model('cancel.within-one-piece', 'reads on after an abort', /sent \d more pieces/, lingering, ofVendor),
  model('cancel.reader-leaves', 'lets go of a call', /is closed: not within/, lettingGo, hangs),
];

const faults: readonly Broken[] = [
  model('faults.key-refused', 'blames the request', /provider.rejected/, failingWith(rejected), ofVendor),
  model(
    'faults.rate-limited',
    'forgets how long to wait',
    /retryAfterMs is undefined/,
    failingWith(({ code }) => new TthError(code, 'Too much.')),
    ofVendor,
  ),
  model('faults.server-error', 'blames the request', /provider.rejected/, failingWith(rejected), ofVendor),
  ...['silent-end', 'closed', 'reset', 'page', 'noise'].map((name) =>
    model(`faults.${name}`, 'swallows failures', /as if all were well/, swallowing, ofVendor),
  ),
  model('faults.drip', 'is impatient', /another one/, impatient, ofVendor),
  voice(
    'faults.odd-sizes',
    'takes each read for whole samples',
    /another one/,
    (_, vendor) => ({
      async *inferStream({ text }: { text: string }) {
        const response = await fetch(`${vendor.url}/speech`, {
          method: 'POST',
          body: JSON.stringify({ text }),
        });
        for await (const bytes of response.body!) {
          const pcm = new Int16Array(bytes.slice(0, bytes.length & ~1).buffer);
          yield { pcm, words: [], phonemes: [], timing: 'estimated' };
        }
      },
    }),
    ofVendor,
  ),
  model(
    'faults.known-codes',
    'throws errors of its own',
    /no TthError but Error: 401/,
    failingWith(() => new Error('401')),
    ofVendor,
  ),
  model('faults.asked-once', 'tries again by itself', /asked 2 times/, persistent, ofVendor),
  model('faults.recovers', 'never recovers', /does not talk/, resentful(), ofVendor),
];

const privacy: readonly Broken[] = [
  model(
    'privacy.secrets',
    'logs its key',
    /secret is in a log/,
    streaming((open, context, { log, revealed }) => {
      log.debug({ headers: { authorization: `Bearer ${[...revealed].join('')}` } }, 'calls');
      return open(context);
    }),
    ofVendor,
  ),
  voice('privacy.words', 'logs what it is to say', /Words of a call/, ({ adapter, log }) => ({
    inferStream: (...call: Parameters<typeof adapter.inferStream>) => {
      log.debug({ input: call[0] }, 'speaks');
      return (adapter.inferStream as (...given: unknown[]) => AsyncIterable<unknown>)(...call);
    },
  })),
];

const lifecycle: readonly Broken[] = [
  voice('lifecycle.close-twice', 'cannot be closed twice', /closed already/, () => {
    let isClosed = false;
    return {
      close: async () => {
        if (isClosed) throw new Error('It is closed already.');
        isClosed = true;
      },
    };
  }),
  model(
    'lifecycle.no-leak',
    'opens a connection per call and forgets it',
    /Connections are about as many/,
    (started, vendor) =>
      streaming((open, context) => {
        connect(Number(new URL(vendor.url).port), '127.0.0.1').on('error', () => {});
        return open(context);
      })(started, vendor),
    hangs,
  ),
  model(
    'lifecycle.listeners',
    'leaves its listeners',
    /10 listeners/,
    streaming((open, context) => {
      context.signal.addEventListener('abort', () => {});
      return open(context);
    }),
    { limitMs: 1_000 },
  ),
  model('lifecycle.session', 'cannot close a session twice', /closed already/, ({ adapter }) => ({
    openSession: async () => {
      let isClosed = false;
      return {
        inferStream: adapter.inferStream,
        close: async () => {
          if (isClosed) throw new Error('It is closed already.');
          isClosed = true;
        },
      };
    },
  })),
  model('lifecycle.session-abort', 'ends a session with a call of it', /session is over/, ({ adapter }) => ({
    openSession: async () => {
      let isOver = false;
      return {
        async *inferStream(...[input, control, context]: Parameters<LlmAdapter['inferStream']>) {
          if (isOver) throw new TthError('provider.unavailable', 'The session is over.');
          yield* (adapter as LlmAdapter).inferStream(input, control, context);
          isOver = context.signal.aborted;
        },
      };
    },
  })),
];

const models: readonly Broken[] = [
  model(
    'answer.pieces',
    'gives its answer in one piece',
    /in 1 pieces/,
    giving({ type: 'text_delta', text: 'Yes.' }, { type: 'finish', reason: 'stop' }),
  ),
  model(
    'answer.finish',
    'does not finish',
    /did not finish once/,
    mapping<LlmOutput>((item) => (item.type === 'finish' ? [] : [item])),
  ),
  model(
    'answer.usage',
    'counts no tokens',
    /read 0 tokens/,
    mapping<LlmOutput>((item) => [item.type === 'usage' ? { ...item, inputTokens: 0 } : item]),
  ),
  model(
    'claims.structured',
    'answers in prose',
    /not JSON/,
    claiming(() => ({ structured: true })),
  ),
  model(
    'claims.tools',
    'gives half a call of a tool',
    /Arguments of a tool/,
    all(
      claiming(() => ({ tools: true })),
      giving(
        { type: 'tool_call', id: '1', name: 'weather', arguments: '{"city":' },
        { type: 'finish', reason: 'tool_calls' },
      ),
    ),
  ),
  model(
    'claims.prefix',
    'repeats what was said',
    /said again/,
    all(
      claiming(() => ({ continuePrefix: true })),
      giving(
        {
          type: 'text_delta',
          text: 'The sea covers most of our planet, and most of it has never been seen.',
        },
        { type: 'finish', reason: 'stop' },
      ),
    ),
  ),
];

const speech: readonly Broken[] = [
  voice(
    'speech.audible',
    'is silent',
    /loudness of 0/,
    mapping<SpeechOutput>((item) => [{ ...item, pcm: new Int16Array(item.pcm.length) }]),
  ),
  voice(
    'speech.pieces',
    'gives all of it at once',
    /in 1 run/,
    giving({ pcm: new Int16Array(48_000), words: [], phonemes: [], timing: 'measured' }),
  ),
  voice(
    'speech.declared-length',
    'passes on sound of half the rate',
    /is declared as/,
    mapping<SpeechOutput>((item) => [{ ...item, declaredUs: 80_000 }]),
  ),
  voice(
    'speech.longer-text',
    'says the same to everything',
    /hardly longer/,
    giving({ pcm: new Int16Array(24_000), words: [], phonemes: [], timing: 'measured' }),
  ),
  voice(
    'timing.none',
    'gives times that it does not promise',
    /times of words/,
    claiming(() => ({ timings: { words: 'none', phonemes: 'none' } })),
  ),
  voice(
    'timing.words-complete',
    'forgets a word',
    /other words/,
    mapping<SpeechOutput>((item) => [{ ...item, words: item.words.filter((word) => word.text !== 'fox') }]),
  ),
  voice(
    'timing.words-inside',
    'places words after the sound',
    /after the sound/,
    mapping<SpeechOutput>((item) => [
      { ...item, words: item.words.map((word) => ({ ...word, startUs: word.startUs + 1_000_000 })) },
    ]),
  ),
  voice(
    'timing.phonemes',
    'promises phonemes and gives none',
    /0 phonemes/,
    mapping<SpeechOutput>((item) => [{ ...item, phonemes: [] }]),
  ),
  voice(
    'timing.source',
    'takes estimates for measurements',
    /estimated/,
    mapping<SpeechOutput>((item) => [{ ...item, timing: 'estimated' }]),
  ),
  voice(
    'timing.not-late',
    'tells of words when they are over',
    /came with sound of/,
    streaming(async function* (open, context) {
      let late: SpeechOutput['words'] = [];
      for await (const item of open(context) as AsyncIterable<SpeechOutput>) {
        yield { ...item, words: late };
        late = item.words;
      }
    }),
  ),
];

const voices: readonly Broken[] = [
  voice(
    'claims.languages',
    'lists a language that it does not speak',
    /refuses.*"tlh"/,
    all(
      claiming(() => ({ languages: ['en', 'tlh'] })),
      refusing(({ language }) => language === 'tlh'),
    ),
  ),
  voice(
    'claims.voices',
    'lists a voice that it does not have',
    /refuses.*"hum"/,
    refusing((c) => c['voice'] === 'hum'),
  ),
  voice(
    'claims.emotions',
    'lists a feeling that it does not have',
    /refuses.*"sad"/,
    refusing(({ emotion }) => (emotion as { label: string }).label === 'sad'),
  ),
  voice(
    'claims.ranges',
    'refuses the end of a range',
    /refuses.*"rate":2/,
    refusing(({ rate }) => rate === 2),
  ),
  voice('claims.rate', 'does not hear of its rate', /at the fastest rate/, ignoring({ rate: 1 })),
  voice(
    'claims.volume',
    'does not hear of its volume',
    /when loud/,
    claiming<TtsCapabilities>(({ controls }) => ({
      controls: { ...controls, volume: { min: 0.5, max: 2 } },
    })),
  ),
];

const picture = (
  change: (frame: Extract<AvatarOutput, { type: 'picture' }>['frame'], at: number) => object,
) =>
  mapping<AvatarOutput>((item, at) => [
    item.type === 'picture' ? { ...item, frame: { ...item.frame, ...change(item.frame, at) } } : item,
  ]);
const faceClaims = (controls: Partial<AvatarCapabilities['controls']>) =>
  claiming<AvatarCapabilities>((can) => ({ controls: { ...can.controls, ...controls } }));

const faces: readonly Broken[] = [
  face(
    'pictures.delivery',
    'keeps its codec to itself',
    /does not list "pose"/,
    claiming(() => ({ delivery: [] })),
  ),
  face(
    'pictures.format',
    'does not tell the format',
    /does not begin with the format/,
    mapping<AvatarOutput>((item) => (item.type === 'format' ? [] : [item])),
  ),
  face(
    'pictures.contiguous',
    'leaves out a picture',
    /in place of/,
    mapping<AvatarOutput>((item, at) => (at === 3 ? [] : [item])),
  ),
  face(
    'pictures.begin',
    'begins in the middle',
    /no key picture/,
    picture(() => ({ key: false })),
  ),
  face(
    'pictures.key-on-demand',
    'hears nobody ask for a key picture',
    /No key picture/,
    ignoring({ takeKeyFrameRequest: () => false }),
    {
      codec: 'h264',
      definition: scriptedAvatar({ id: 'broken', delivery: ['h264'], keyEvery: 1_000 }).definition,
    },
  ),
  face(
    'pictures.odd-size',
    'says nothing of its size',
    /it made 512/,
    mapping<AvatarOutput>((item) => [
      item.type === 'format' ? { ...item, format: { ...item.format, widthPx: 512 } } : item,
    ]),
  ),
  face(
    'pictures.no-speech',
    'goes on by itself',
    /shows 2000 ms/,
    giving({
      type: 'picture',
      frame: { ptsUs: 0, durationUs: 2_000_000, key: true, data: Uint8Array.of(1) },
    }),
  ),
  face(
    'pictures.sound',
    'does not mark the end of sentences',
    /end of a sentence/,
    mapping<AvatarOutput>((item) => [item.type === 'audio' ? { ...item, sentenceEnd: false } : item]),
    { definition: scriptedManagedAvatar({ id: 'broken' }).definition },
  ),
  face(
    'claims.identities',
    'lists somebody whom it does not know',
    /refuses.*"otto"/,
    refusing(({ identity }) => identity === 'otto'),
  ),
  face('claims.emotions', 'shows nothing of a feeling', /says nothing|shows nothing/, giving()),
  face(
    'claims.framings',
    'lists a framing that it does not have',
    /refuses.*"full"/,
    refusing(({ framing }) => framing === 'full'),
  ),
  face(
    'claims.ranges',
    'claims sizes that it does not have',
    /refuses.*4096/,
    all(
      faceClaims({ sizePx: { min: 64, max: 4_096 } }),
      refusing(({ widthPx }) => widthPx === 4_096),
    ),
  ),
];

const table = [
  ...contract,
  ...cancel,
  ...faults,
  ...privacy,
  ...lifecycle,
  ...models,
  ...speech,
  ...voices,
  ...faces,
];

describe('The conformance kit', () => {
  it.each(table.map((row) => ({ ...row, id: row.check.id })))(
    '$id finds an adapter that $flaw',
    async ({ check, finds, judge }) => {
      expect(await judge()).toMatchObject({
        outcome: check.severity === 'must' ? 'failed' : 'warned',
        reason: expect.stringMatching(finds),
      });
    },
  );

  it('has a broken adapter for each of its checks', () => {
    const tested = new Set<object>(table.map(({ check }) => check));
    const untested = [...llmChecks, ...ttsChecks, ...avatarChecks].filter((check) => !tested.has(check));

    expect(untested.map(({ id }) => id)).toEqual([]);
  });
});
