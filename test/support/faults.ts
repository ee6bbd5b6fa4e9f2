import { type Policies, defaultPolicies } from '@tth/core';
import type { LlmInput } from '@tth/core/plugin';
import type { MediaFrame, ServerMessage, ServerMessageOf } from '@tth/protocol';
import {
  type Script,
  type ScriptSource,
  type ScriptedAvatarOptions,
  type ScriptedTtsOptions,
  scriptedAvatar,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  withoutPauses,
} from '@tth/testkit';
import { afterEach } from 'vitest';
import { type TestServer, startTth } from './start-tth.ts';
import { until } from './until.ts';
import type { WireClient } from './wire-client.ts';

/** The default budgets divided by this, so that what waits for one is over soon. */
const haste = 20;

type StageBudget = Policies['llm'];

const { llm, tts, avatar, circuit, retry } = defaultPolicies;
const hastened = ({ firstItemMs, idleMs }: StageBudget): StageBudget => ({
  firstItemMs: firstItemMs / haste,
  idleMs: idleMs / haste,
});

/** Every budget of a provider and every rest, in the same proportions as in production. */
export const hastyPolicies = {
  turnBudgetMs: defaultPolicies.turnBudgetMs / haste,
  playoutGraceMs: defaultPolicies.playoutGraceMs / haste,
  llm: hastened(llm),
  tts: hastened(tts),
  avatar: hastened(avatar),
  circuit: {
    ...circuit,
    windowMs: circuit.windowMs / haste,
    cooldownMs: circuit.cooldownMs / haste,
    maxCooldownMs: circuit.maxCooldownMs / haste,
    calmMs: circuit.calmMs / haste,
    healthyMs: circuit.healthyMs / haste,
    throttleMs: circuit.throttleMs / haste,
    maxThrottleMs: circuit.maxThrottleMs / haste,
    isolationMs: circuit.isolationMs / haste,
    lastResortMs: circuit.lastResortMs / haste,
    healthCheckMs: circuit.healthCheckMs / haste,
  },
  prosody: withoutPauses,
  retry: { ...retry, minDelayMs: retry.minDelayMs / haste, maxDelayMs: retry.maxDelayMs / haste },
} satisfies Partial<Policies>;

/** What every model here wants to say. */
export const answer = 'The first sentence is here. The second one follows it. And a third.';
export const sentences = ['The first sentence is here.', 'The second one follows it.', 'And a third.'];

const goOn = ({ messages }: LlmInput): string => {
  const begun = messages.at(-1)?.role === 'assistant' ? messages.at(-1)!.content : '';
  return answer.startsWith(begun) ? answer.slice(begun.length) : answer;
};

/** A model that gives `answer`, five characters at a time, and goes on from where another one stopped. */
export const model = (id: string, script: ScriptSource = {}) =>
  scriptedLlm({ id, reply: goOn, deltaLength: 5, capabilities: { continuePrefix: true }, script });

export const voice = (id: string, script: ScriptSource = {}, options: Partial<ScriptedTtsOptions> = {}) =>
  scriptedTts({ ...options, id, script });

export const face = (id: string, script: ScriptSource = {}, options: Partial<ScriptedAvatarOptions> = {}) =>
  scriptedAvatar({ ...options, id, script });

/** Fails in the calls that `isDown` names, at once and with this. */
export const downIn =
  (isDown: (call: number) => boolean, failure: Script['failure'] = 'provider.unavailable') =>
  (call: number): Script =>
    isDown(call) ? { failAt: 0, failure } : {};

export const serve = (
  providers: Parameters<typeof scriptedPlugin>[0],
  policies: Partial<Policies> = {},
): Promise<TestServer> =>
  startTth({ plugins: [scriptedPlugin(providers)], policies: { ...hastyPolicies, ...policies } });

type TerminalType = 'turn_completed' | 'turn_stopped' | 'turn_error';
const terminals: readonly string[] = ['turn_completed', 'turn_stopped', 'turn_error'];

/** All that a client received of one turn, in order. */
export interface HeardTurn {
  readonly turnId: string;
  readonly log: WireClient['log'];
  /** `text_delta`, `audio`, `pose` and so on: the types of events and the kinds of media, in order. */
  readonly order: readonly string[];
  readonly text: string;
  readonly audio: readonly MediaFrame[];
  /** Its terminal events. */
  readonly ends: readonly ServerMessageOf<TerminalType>[];
  of<Type extends ServerMessage['type']>(type: Type): readonly ServerMessageOf<Type>[];
}

/** What has come of a turn so far. */
export const turnOf = (client: WireClient, turnId: string): HeardTurn => {
  const number = client.events.flatMap((event) =>
    event.type === 'turn_started' && event.turnId === turnId ? [event.turn] : [],
  )[0];
  const log = client.log.filter((entry) =>
    'event' in entry ? entry.event.turnId === turnId : entry.media.turn === number,
  );
  const events = log.flatMap((entry) => ('event' in entry ? [entry.event] : []));
  const of = <Type extends ServerMessage['type']>(type: Type): readonly ServerMessageOf<Type>[] =>
    events.filter((event): event is ServerMessageOf<Type> => event.type === type);
  return {
    turnId,
    log,
    order: log.map((entry) => ('event' in entry ? entry.event.type : entry.media.kind)),
    text: of('text_delta')
      .map(({ text }) => text)
      .join(''),
    audio: log.flatMap((entry) => ('media' in entry && entry.media.kind === 'audio' ? [entry.media] : [])),
    ends: events.filter((event): event is ServerMessageOf<TerminalType> => terminals.includes(event.type)),
    of,
  };
};

let messages = 0;

/** Begins a turn and resolves, with its id, when the server has accepted it. */
export const begin = async (
  client: WireClient,
  text = 'Hi',
  type: 'user_text' | 'say' = 'user_text',
): Promise<string> => {
  messages += 1;
  const clientMsgId = `m${messages}`;
  client.send({ type, clientMsgId, text });
  const accepted = await client.next('accepted', (event) => event.clientMsgId === clientMsgId);
  return accepted.turnId!;
};

/** Resolves when the turn is over and nothing is on its way any more. */
export const ended = async (client: WireClient, turnId: string): Promise<HeardTurn> => {
  const isOver = ({ turnId: of, type }: ServerMessage): boolean => of === turnId && terminals.includes(type);
  await until(() => client.events.some(isOver));
  await client.settled();
  return turnOf(client, turnId);
};

/** A whole turn. */
export const hear = async (
  client: WireClient,
  text = 'Hi',
  type: 'user_text' | 'say' = 'user_text',
): Promise<HeardTurn> => ended(client, await begin(client, text, type));

/** The pieces of sound that count after what was taken back. Throws where they leave a hole or overlap. */
export const soundThatCounts = ({ log }: HeardTurn): { sentence: number; ptsUs: number; endUs: number }[] => {
  let pieces: { sentence: number; ptsUs: number; endUs: number }[] = [];
  for (const entry of log) {
    if ('event' in entry) {
      const { event } = entry;
      if (event.type !== 'audio_discard') continue;
      pieces = pieces
        .filter(({ ptsUs }) => ptsUs < event.afterUs)
        .map((piece) => ({ ...piece, endUs: Math.min(piece.endUs, event.afterUs) }));
    } else if (entry.media.kind === 'audio') {
      const { sentence, ptsUs, durationUs } = entry.media;
      const expectedUs = pieces.at(-1)?.endUs ?? 0;
      if (ptsUs !== expectedUs) throw new Error(`Sound came for ${ptsUs} us instead of ${expectedUs} us.`);
      pieces.push({ sentence, ptsUs, endUs: ptsUs + durationUs });
    }
  }
  return pieces;
};

/** The sentences whose sound was closed, in order. */
export const closedSentences = ({ audio }: HeardTurn): number[] =>
  audio.filter(({ sentenceEnd }) => sentenceEnd).map(({ sentence }) => sentence);

/** Follows the circuit of a provider, such as `llm:first`: each state once, in order. */
export const followCircuit = (server: TestServer, key: string): readonly string[] => {
  const states: string[] = [];
  server.engine.inspect((record) => {
    if (record.kind !== 'state' && record.kind !== 'actor') return;
    if (record.row.view['key'] !== key) return;
    const [state = ''] = record.row.value.split('.');
    if (states.at(-1) !== state) states.push(state);
  });
  return states;
};

/** Starts a server with a client that hears and sees everything; the server ends with its test. */
export const createStart = () => {
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });
  return async (...given: Parameters<typeof serve>): Promise<{ server: TestServer; client: WireClient }> => {
    server = await serve(...given);
    return { server, client: await server.connect({ listensInstantly: true, video: ['pose'] }) };
  };
};
