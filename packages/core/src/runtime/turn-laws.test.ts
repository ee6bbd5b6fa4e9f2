import {
  type CallLog,
  type Received,
  type RecordedSession,
  type Script,
  scriptedAvatar,
  scriptedLlm,
  scriptedManagedAvatar,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal } from '../domain/events.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { defaultPolicies } from '../domain/policies.ts';

type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'ask' | 'say' | 'interrupt' | 'reconnect' | 'key_frame' }
  | { readonly do: 'credit'; readonly ms: number };

interface World {
  readonly llm: Script;
  readonly tts: Script;
  readonly avatar: Script;
  readonly face: 'none' | 'split' | 'managed';
  readonly chunkMs: number;
  readonly fillerAfterMs: number;
  readonly steps: readonly Step[];
  /** Commands that are given while the client is being told of the n-th event. */
  readonly reactions: readonly { readonly at: number; readonly with: 'ask' | 'interrupt' | 'say' }[];
  readonly closes: boolean;
}

const delayMs = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 }), fc.constant(6_000));
const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc
    .option(value, { nil: undefined, freq: 4 })
    .chain((kept) => fc.boolean().map((on) => (on ? kept : undefined)));
const failure = fc.constantFrom<ErrorCode | Error>(
  'provider.unavailable',
  'provider.rejected',
  new Error('x'),
);
const script: fc.Arbitrary<Script> = fc
  .record({
    firstItemMs: delayMs,
    betweenMs: fc.constantFrom(0, 0, 5, 40, 90),
    failAt: rarely(fc.nat(12)),
    hangAt: rarely(fc.nat(12)),
    endAt: rarely(fc.nat(12)),
    ignoreAbort: fc.boolean(),
    failure,
  })
  .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('ask' as const, 'say' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('interrupt' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reconnect' as const, 'key_frame' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('credit' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
  },
);

const world: fc.Arbitrary<World> = fc.record({
  llm: script,
  tts: script,
  avatar: script,
  face: fc.constantFrom('none', 'split', 'split', 'managed'),
  chunkMs: fc.constantFrom(20, 40, 700),
  fillerAfterMs: fc.constantFrom(0, 0, 100, 1_000),
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
  reactions: fc.array(
    fc.record({
      at: fc.nat(60),
      with: fc.constantFrom('ask' as const, 'interrupt' as const, 'say' as const),
    }),
    { maxLength: 3 },
  ),
  closes: fc.boolean(),
});

const reply = 'One moment please. This is a longer sentence, with a clause in it! And a last one';

/** Plays a world to its end and returns everything that its client was told. */
const play = async (given: World) => {
  const llm = scriptedLlm({ reply, script: given.llm });
  const tts = scriptedTts({ msPerCharacter: 30, chunkMs: given.chunkMs, script: given.tts });
  const faces = {
    none: undefined,
    split: scriptedAvatar({ keyEvery: 5, script: given.avatar }),
    managed: scriptedManagedAvatar({ msPerCharacter: 30, keyEvery: 5, script: given.avatar }),
  };
  const face = faces[given.face];
  const adapters = face === undefined ? [llm, tts] : [llm, tts, face];
  const { clock, engine, connect } = await startVirtualEngine({
    plugins: [scriptedPlugin(adapters)],
    policies: {
      turnBudgetMs: 30_000,
      fillerAfterMs: given.fillerAfterMs,
      circuit: { ...defaultPolicies.circuit, cooldownMs: 500, maxCooldownMs: 2_000 },
    },
  });
  let commands = 0;
  const act = (session: RecordedSession['session'], what: 'ask' | 'say' | 'interrupt'): void => {
    const clientMsgId = `m${commands++}`;
    if (what === 'interrupt') session.handle({ type: 'interrupt', clientMsgId });
    else
      session.handle({
        type: what === 'ask' ? 'user_text' : 'say',
        clientMsgId,
        text: 'Some words. To say.',
      });
  };
  const pending = new Map(given.reactions.map((reaction) => [reaction.at, reaction.with]));
  const client = connect(
    {},
    {
      react: ({ seq }, session) => {
        const what = pending.get(seq);
        pending.delete(seq);
        if (what !== undefined) act(session, what);
      },
    },
  );
  for (const each of given.steps) {
    const { session } = client;
    if (each.do === 'wait') await clock.advance(each.ms);
    else if (each.do === 'credit') session.handle({ type: 'credit', audioMs: each.ms, videoMs: each.ms });
    else if (each.do === 'key_frame') session.handle({ type: 'key_frame' });
    else if (each.do === 'reconnect') {
      session.detach(client.outlet);
      session.resume(client.outlet, session.logId, client.events.at(-1)!.seq);
    } else act(session, each.do);
  }
  client.session.handle({ type: 'credit', audioMs: 600_000, videoMs: 600_000 });
  if (!given.closes) await clock.advance(200_000);
  await client.session.close('done');
  const logs: CallLog[] = [llm.log, tts.log, ...(face === undefined ? [] : [face.log])];
  await clock.advance(10_000);
  const rest = { timers: clock.pendingTimers, sessions: engine.sessions().length };
  await engine.close();
  return { client, logs, rest, timersAtTheEnd: clock.pendingTimers };
};

const turnOf = (each: Received, turns: ReadonlyMap<string, number>): number | undefined => {
  if (each.kind === 'media') return each.item.turn;
  if (!('turnId' in each.event) || each.event.turnId === undefined) return undefined;
  if (each.event.type === 'accepted') return undefined;
  return turns.get(each.event.turnId);
};

/** Every law that holds of what a client is told, whatever happens. */
const checkLaws = ({ client, logs, rest }: Awaited<ReturnType<typeof play>>): void => {
  const accepted = client.of('accepted').flatMap((event) => (event.effect === 'turn' ? [event.turnId!] : []));
  const turns = new Map(accepted.map((turnId, i) => [turnId as string, i + 1]));
  expect(client.ends.map(({ turnId }) => turnId).sort()).toEqual([...accepted].sort());

  expect(client.events.map(({ seq }) => seq)).toEqual(client.events.map((_, i) => i + 1));

  const ended = new Set<number>();
  const nextUs = new Map<number, number>();
  let epoch = 0;
  let pictureUs = -1;
  let picturesOf = 0;
  for (const each of client.received) {
    const turn = turnOf(each, turns);
    if (turn !== undefined) expect(ended.has(turn)).toBe(false);
    if (each.kind === 'event') {
      if (isTerminal(each.event)) ended.add(turn!);
      if (each.event.type === 'turn_started') {
        expect(each.event.epoch).toBeGreaterThanOrEqual(epoch);
        epoch = each.event.epoch;
      }
      if (each.event.type === 'audio_discard') {
        expect(each.event.afterUs).toBeLessThanOrEqual(Math.max(nextUs.get(turn!) ?? 0, pictureUs + 1));
        nextUs.set(turn!, each.event.afterUs);
        pictureUs = Math.min(pictureUs, each.event.afterUs - 1);
      }
      continue;
    }
    const { item } = each;
    expect(item.epoch).toBe(epoch);
    if (item.kind === 'audio') {
      expect(item.ptsUs).toBe(nextUs.get(item.turn) ?? 0);
      expect(item.durationUs).toBeLessThanOrEqual(100_000);
      nextUs.set(item.turn, item.ptsUs + item.durationUs);
    } else {
      if (picturesOf !== item.turn) pictureUs = -1;
      expect(item.ptsUs).toBeGreaterThan(pictureUs);
      pictureUs = item.ptsUs;
      picturesOf = item.turn;
    }
  }
  for (const end of client.ends) {
    expect(end.heardMs * 1000).toBeLessThanOrEqual((nextUs.get(turns.get(end.turnId)!) ?? 0) + 1);
  }

  const isLeftOpen = (log: CallLog): boolean =>
    log.calls.some(({ state, context }) => state === 'open' && !context.signal.aborted);
  expect(logs.some(isLeftOpen)).toBe(false);
  expect(rest).toEqual({ timers: 0, sessions: 0 });
};

describe('a session, whatever its providers and its client do', () => {
  it('ends each accepted turn once, says nothing of it afterwards, keeps its clock and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const played = await play(given);
        checkLaws(played);
        expect(played.timersAtTheEnd).toBe(0);
      }),
      { numRuns: 400, seed: 20_261_122 },
    );
  });
});
