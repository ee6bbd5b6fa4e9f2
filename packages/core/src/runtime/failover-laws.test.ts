import {
  type CallLog,
  type RecordedSession,
  type Script,
  type Scripted,
  scriptedAvatar,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal } from '../domain/events.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { defaultPolicies } from '../domain/policies.ts';
import { pauseAfter } from '../pipeline/prosody.ts';
import type { AvatarDefinition, LlmInput, TtsDefinition } from '../plugin/index.ts';

const written =
  'Here is the opening sentence. [happy:0.60] Then comes another, with a clause in it! [sad:0.70] Why not a third? Done.';
const spoken =
  'Here is the opening sentence. Then comes another, with a clause in it! Why not a third? Done.';
/** The same from a model that is asked for JSON. */
const writtenAsJson = JSON.stringify({
  segments: [
    { text: 'Here is the opening sentence.' },
    { emotion: 'happy', intensity: 0.6, text: 'Then comes another, with a clause in it!' },
    { emotion: 'sad', intensity: 0.7, text: 'Why not a third? Done.' },
  ],
});
const msPerCharacter = 30;
const shortestEcho = 12;

interface Chain {
  readonly llm: readonly (Script & {
    readonly continuePrefix: boolean;
    readonly repeats: boolean;
    readonly structured: boolean;
  })[];
  readonly tts: readonly (Script & { readonly timed: boolean })[];
  readonly avatar: readonly Script[];
  readonly deltaLength: number;
  readonly chunkMs: number;
  readonly interruptMs: number | undefined;
}

const pace = fc.record({
  firstItemMs: fc.constantFrom(0, 0, 30),
  betweenMs: fc.constantFrom(0, 0, 5, 40),
  ignoreAbort: fc.boolean(),
});
const failure = fc.constantFrom<ErrorCode | Error>(
  'provider.unavailable',
  'provider.stalled',
  new Error('x'),
);
/** `endsEarly`: also ends in the middle as if that were the end, which is told from the real end. */
const faultUpTo = (items: number, endsEarly: boolean) => {
  const at = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 4, arbitrary: fc.nat(items) });
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ failAt: at, failure }) },
    { weight: 2, arbitrary: fc.record({ hangAt: at }) },
    { weight: 2, arbitrary: fc.record({ endAt: endsEarly ? at : fc.constant(0) }) },
    { weight: 1, arbitrary: fc.constant({}) },
  );
};
/** Three in a row; the last is sound more often than not. */
const three = <More extends object>(
  items: number,
  endsEarly: boolean,
  more: fc.Arbitrary<More>,
): fc.Arbitrary<(Script & More)[]> => {
  const faulty = fc.tuple(pace, faultUpTo(items, endsEarly), more);
  const last = fc.tuple(
    pace,
    fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: faultUpTo(items, endsEarly) },
    ),
    more,
  );
  return fc
    .tuple(faulty, faulty, last)
    .map((chain) => chain.map(([paced, fault, rest]) => ({ ...paced, ...fault, ...rest })));
};

const chains: fc.Arbitrary<Chain> = fc.record({
  llm: three(
    20,
    true,
    fc.record({ continuePrefix: fc.boolean(), repeats: fc.boolean(), structured: fc.boolean() }),
  ),
  tts: three(24, false, fc.record({ timed: fc.boolean() })),
  avatar: three(30, true, fc.constant({})),
  deltaLength: fc.integer({ min: 3, max: 20 }),
  chunkMs: fc.constantFrom(20, 40, 400),
  interruptMs: fc.option(fc.nat(3_000), { nil: undefined, freq: 3 }),
});

const hasFault = ({ failAt, hangAt, endAt }: Script): boolean =>
  failAt !== undefined || hangAt !== undefined || endAt !== undefined;

/** Goes on with what it is handed; one that repeats begins with the last words of it. */
const goOn =
  (repeats: boolean) =>
  ({ messages, responseFormat }: LlmInput): string => {
    if (responseFormat !== undefined) return writtenAsJson;
    const begun = messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
    expect(written.startsWith(begun)).toBe(true);
    const from = begun.lastIndexOf(' ', begun.length - shortestEcho - 1) + 1;
    const repeated = repeats && begun.length - from >= shortestEcho ? begun.slice(from) : '';
    return repeated + written.slice(begun.length);
  };

/** Above any silence; its lower byte is 0. */
const loud = 0x1000;

/** The same voice, every sample of which tells who spoke it. */
const markedVoice = (definition: TtsDefinition, mark: number, timed: boolean): TtsDefinition => ({
  ...definition,
  create: (options, deps) => {
    const made = definition.create(options, deps);
    return {
      ...made,
      async *inferStream(...call) {
        for await (const output of made.inferStream(...call)) {
          const words = timed ? output.words : [];
          yield { ...output, words, pcm: output.pcm.map(() => loud + mark) };
        }
      },
    };
  },
});

/** The same face, every picture of which tells who drew it. */
const markedFace = (definition: AvatarDefinition, mark: number): AvatarDefinition => ({
  ...definition,
  create: (options, deps) => {
    const made = definition.create(options, deps);
    return {
      ...made,
      async *inferStream(...call) {
        for await (const output of made.inferStream(...call)) {
          if (output.type !== 'picture') yield output;
          else yield { ...output, frame: { ...output.frame, data: Uint8Array.of(mark) } };
        }
      },
    };
  },
});

const play = async (chain: Chain) => {
  const { deltaLength, chunkMs } = chain;
  const llm = chain.llm.map(({ continuePrefix, repeats, structured, ...script }, i) =>
    scriptedLlm({
      id: `llm-${i}`,
      reply: goOn(repeats),
      deltaLength,
      capabilities: { continuePrefix, structured },
      script,
    }),
  );
  const tts = chain.tts.map(({ timed: _, ...script }, i) =>
    scriptedTts({ id: `tts-${i}`, msPerCharacter, chunkMs, script }),
  );
  const avatar = chain.avatar.map((script, i) => scriptedAvatar({ id: `avatar-${i}`, script }));
  const { clock, engine, connect } = await startVirtualEngine({
    plugins: [
      scriptedPlugin([
        ...llm,
        ...tts.map(({ definition }, i) => markedVoice(definition, i + 1, chain.tts[i]!.timed)),
        ...avatar.map(({ definition }, i) => markedFace(definition, i)),
      ]),
    ],
    policies: {
      prosody: defaultPolicies.prosody,
      llm: { firstItemMs: 400, idleMs: 200 },
      tts: { firstItemMs: 400, idleMs: 200 },
      avatar: { firstItemMs: 400, idleMs: 200 },
    },
  });
  const client = connect();
  client.ask('Hi');
  if (chain.interruptMs !== undefined) {
    await clock.advance(chain.interruptMs);
    client.interrupt();
  }
  await clock.advance(60_000);
  const atRest = { state: client.session.state, timers: clock.pendingTimers };
  await client.session.close('done');
  await clock.advance(60_000);
  await engine.close();
  const all: readonly Scripted<never, never, never>[] = [...llm, ...tts, ...avatar] as never;
  return { client, logs: all.map(({ log }) => log), atRest, timers: clock.pendingTimers };
};

interface Piece {
  readonly sentence: number;
  readonly sentenceEnd: boolean;
  readonly ptsUs: number;
  endUs: number;
}

/** Follows everything that the client was told and returns the sound that counts in the end. */
const follow = ({ received }: RecordedSession): Piece[] => {
  let pieces: Piece[] = [];
  let pictureUs = -1;
  let isOver = false;
  const announced = { tts: 0, avatar: new Set([0]) };
  for (const each of received) {
    if (each.kind === 'event') {
      const { event } = each;
      if (isTerminal(event)) isOver = true;
      if (event.type === 'degraded_mode' && event.stage === 'tts') announced.tts = Number(event.to.at(-1));
      if (event.type === 'degraded_mode' && event.stage === 'avatar' && event.to !== 'audio_only') {
        announced.avatar.add(Number(event.to.at(-1)));
      }
      if (event.type === 'audio_discard') {
        pieces = pieces.filter(({ sentence, ptsUs }) => sentence < event.sentence || ptsUs < event.afterUs);
        const last = pieces.at(-1);
        if (last !== undefined) last.endUs = Math.min(last.endUs, event.afterUs);
        pictureUs = -1;
      }
      continue;
    }
    expect(isOver).toBe(false);
    const { kind, sentence, sentenceEnd, ptsUs, durationUs, data } = each.item;
    if (kind === 'audio') {
      expect(ptsUs).toBe(pieces.at(-1)?.endUs ?? 0);
      pieces.push({ sentence, sentenceEnd, ptsUs, endUs: ptsUs + durationUs });
      if (data.length > 0) expect(data[0]).toBeLessThanOrEqual(announced.tts + 1);
    } else {
      expect(ptsUs).toBeGreaterThan(pictureUs);
      pictureUs = ptsUs;
      expect([...announced.avatar]).toContain(data[0]);
    }
  }
  return pieces;
};

const lengthMs = (pieces: readonly Piece[], sentence: number): number =>
  pieces
    .filter((piece) => piece.sentence === sentence)
    .reduce((sum, { ptsUs, endUs }) => sum + (endUs - ptsUs) / 1000, 0);

const checkLaws = (
  chain: Chain,
  { client, logs, atRest, timers }: Awaited<ReturnType<typeof play>>,
): void => {
  const text = client
    .of('text_delta')
    .map((event) => event.text)
    .join('');
  expect(spoken.startsWith(text)).toBe(true);

  expect(client.ends).toHaveLength(1);
  const pieces = follow(client);
  const closed = pieces.filter(({ sentenceEnd }) => sentenceEnd).map(({ sentence }) => sentence);
  expect(closed).toEqual(closed.map((_, i) => i));

  const [end] = client.ends;
  if (end?.type === 'turn_completed') {
    expect(text).toBe(spoken);
    expect(end.heardText).toBe(spoken);
    const sentences = client.of('sentence');
    expect(closed).toHaveLength(sentences.length);
    const pauseMs = (sentence: number): number =>
      sentence === 0 ? 0 : pauseAfter(sentences[sentence - 1]!.text, 'sentence', defaultPolicies.prosody);
    for (const { sentence, text: said } of sentences) {
      const letters = said.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
      expect(lengthMs(pieces, sentence)).toBeGreaterThanOrEqual(letters * msPerCharacter - 1);
      expect(lengthMs(pieces, sentence)).toBeLessThanOrEqual(
        said.length * msPerCharacter + 1 + pauseMs(sentence),
      );
    }
    expect(end.durationMs * 1000).toBe(pieces.at(-1)?.endUs);
  }
  const isSound = !hasFault(chain.llm[2]!) && !hasFault(chain.tts[2]!);
  if (isSound && chain.interruptMs === undefined) expect(end?.type).toBe('turn_completed');

  const isLeftOpen = ({ calls }: CallLog): boolean =>
    calls.some(({ state, context }) => state === 'open' && !context.signal.aborted);
  expect(logs.filter(isLeftOpen)).toEqual([]);
  expect([atRest.state, timers]).toEqual(['idle', 0]);
};

describe('a turn with two substitutes for each provider', () => {
  it('says everything once and in order, announces each change beforehand and leaves nothing running', async () => {
    await fc.assert(
      fc.asyncProperty(chains, async (chain) => checkLaws(chain, await play(chain))),
      { numRuns: 200, seed: 20_261_122 },
    );
  });
});
