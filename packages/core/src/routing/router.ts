import { type Stage, stages } from '../domain/capabilities.ts';
import { TthError } from '../domain/errors.ts';
import { type Random, type SessionId, systemRandom } from '../domain/ids.ts';
import type { Policies } from '../domain/policies.ts';
import type { Clock } from '../domain/time.ts';
import type {
  AdapterSession,
  AnyAdapter,
  AvatarOutput,
  InferContext,
  LlmInput,
  LlmOutput,
  ModelAdapter,
  SpeechInput,
  SpeechOutput,
  UsageRecord,
} from '../plugin/adapter.ts';
import { type Log, silentLog } from '../plugin/services.ts';
import { callBudget } from './budget.ts';
import { type Need, type Resting, choose, chooseLastResort, inOrder } from './choose.ts';
import { createConversations } from './conversations.ts';
import { type ProviderHealth, type WatchedProvider, createHealthRegistry } from './health.ts';
import { type Circuit, type CircuitState, createCircuit } from './layers/circuit.ts';
import { withDeadline } from './layers/deadline.ts';
import { itemSize } from './layers/item-size.ts';
import { createLastResort } from './layers/last-resort.ts';
import { type Layer, throughLayers } from './layers/layer.ts';
import { type Limit, createLimit } from './layers/limit.ts';
import { isReply, replyLiveness, speechLiveness, speechPace } from './layers/liveness.ts';
import { createObserver } from './layers/observe.ts';
import { createRetryBudget, withRetry } from './layers/retry.ts';
import { soundRate } from './layers/sound-rate.ts';
import { type UsageMeter, createUsageMeter } from './layers/usage.ts';
import type { AdapterOf, Candidate, Registry } from './registry.ts';

type Call<Adapter> =
  Adapter extends AdapterSession<infer Input, infer Control, infer Output>
    ? (
        input: Input,
        control: Control,
        context: Omit<InferContext, 'signal'>,
        signal: AbortSignal,
        owes?: () => boolean,
      ) => AsyncIterable<Output>
    : never;

/** A provider chosen for a call. `call` wraps it in every layer; `owes`: see `withDeadline`. */
export interface Route<S extends Stage> {
  readonly adapter: AdapterOf[S];
  readonly call: Call<AdapterOf[S]>;
}

export interface Router {
  /** Throws `provider.none_available` when no installed provider of the stage may be called. */
  route<S extends Stage>(stage: S, need?: Need<AdapterOf[S]>): Route<S>;
  /** Like `route`, but `undefined` where there is nothing to call. */
  find<S extends Stage>(stage: S, need?: Need<AdapterOf[S]>): Route<S> | undefined;
  readonly circuits: readonly Circuit[];
  /** How each provider has been doing; asks nobody. */
  health(): readonly ProviderHealth[];
  /** A conversation is over: what adapters kept for it is closed. */
  endConversation(id: SessionId): void;
  /** Resolves when every session of an adapter is closed. Never rejects. */
  close(): Promise<void>;
}

export interface RouterOptions {
  readonly random?: Random;
  readonly log?: Log;
}

interface Provider extends WatchedProvider {
  readonly circuit: Circuit;
  readonly limit: Limit;
  readonly usage: UsageMeter;
}

const isFinish = (item: unknown): boolean => (item as LlmOutput).type === 'finish';
const hasSound = ({ pcm }: SpeechOutput): boolean => pcm.length > 0;
const isMedia = ({ type }: AvatarOutput): boolean => type !== 'format';
/** Which items show that a provider of the stage works. */
const isUseful = { llm: isReply, tts: hasSound, avatar: isMedia } as Readonly<
  Record<Stage, (item: unknown) => boolean>
>;

/**
 * What a stream must keep to, and what one that ended well must have brought. A face that was given nothing
 * owes nothing, and a model that continues another's answer, or its own after a tool's, may find nothing to add.
 */
const livenessOf = (
  stage: Stage,
  input: unknown,
  attempt: number,
  policies: Policies,
): readonly Layer<unknown>[] => {
  const size = itemSize(stage);
  if (stage === 'llm') {
    const goesOn = attempt > 0 || (input as LlmInput).messages.at(-1)?.role === 'tool';
    return goesOn ? [size] : [size, replyLiveness];
  }
  if (stage === 'tts') {
    return [size, soundRate, speechLiveness((input as SpeechInput).text, policies.liveness)];
  }
  return [size];
};

/** The engine's one place to call providers from: chooses them, wraps their calls, remembers how they do. */
export const createRouter = (
  registry: Registry,
  policies: Policies,
  clock: Clock,
  { random = systemRandom, log = silentLog }: RouterOptions = {},
): Router => {
  const health = createHealthRegistry(clock, policies.circuit.healthCheckMs);
  const conversations = createConversations({ clock, log, idleMs: policies.conversationIdleMs });
  const providers = new Map<AnyAdapter, Provider>();

  const enlist = (stage: Stage, adapter: AnyAdapter): Provider => {
    const key = `${stage}:${adapter.id}`;
    // A face waits for speech that others make, so only the turn bounds a probe of it.
    const probeMs =
      stage === 'avatar'
        ? policies.turnBudgetMs
        : policies.circuit.probeBudgets * policies[stage].firstItemMs;
    const onChange = (from: CircuitState, { state, reason, window }: Circuit): void => {
      const { calls, failures, slow } = window;
      const fields = { provider: key, from, to: state, reason, calls, failures, slow };
      if (state === 'isolated') log.error(fields, 'a provider was taken out of service');
      else log.warn(fields, 'the circuit of a provider changed');
      if (state === 'open' || state === 'isolated') conversations.retire(adapter);
      if (state !== 'open') return;
      lastResorts[stage].putOff();
      health.check(provider);
    };
    const provider: Provider = {
      stage,
      adapter,
      circuit: createCircuit({ key, policy: policies.circuit, clock, random, probeMs, onChange }),
      limit: createLimit(key, adapter.capabilities().maxCallsInFlight ?? policies.maxCallsInFlight),
      observer: createObserver(clock, ({ code, details }) =>
        log.warn({ provider: key, code, details }, 'a call of a provider failed'),
      ),
      usage: createUsageMeter(),
    };
    return provider;
  };
  for (const stage of stages) {
    for (const { adapter } of registry.candidates(stage)) providers.set(adapter, enlist(stage, adapter));
  }
  const providerOf = (adapter: object): Provider => providers.get(adapter as AnyAdapter)!;
  const admits = ({ adapter }: Candidate<object>): boolean => {
    const { circuit, limit } = providerOf(adapter);
    return circuit.admits() && !limit.isFull;
  };

  const restOf = ({ adapter }: Candidate<object>): Resting => {
    const { circuit } = providerOf(adapter);
    return { state: circuit.state, opensInMs: circuit.opensInMs() };
  };

  const ofStage = (stage: Stage): readonly Provider[] =>
    registry.candidates(stage).map(({ adapter }) => providerOf(adapter));
  const inFlight = (stage: Stage): number =>
    ofStage(stage).reduce((sum, { observer }) => sum + observer.counts.inFlight, 0);
  const perStage = <Value>(make: (stage: Stage) => Value): Readonly<Record<Stage, Value>> => ({
    llm: make('llm'),
    tts: make('tts'),
    avatar: make('avatar'),
  });
  const retries = perStage((stage) => createRetryBudget(policies.retry, () => inFlight(stage)));
  const lastResorts = perStage(() => createLastResort(policies.circuit.lastResortMs, clock));

  /** Those that can do what is needed, in service or not. */
  const suited = <S extends Stage>(
    stage: S,
    { suits = () => true, tags = [] }: Need<AdapterOf[S]>,
  ): readonly Candidate<AdapterOf[S]>[] =>
    registry
      .candidates(stage)
      .filter(({ adapter, tags: has }) => tags.every((tag) => has.includes(tag)) && suits(adapter));

  const find = <S extends Stage>(stage: S, need: Need<AdapterOf[S]> = {}): Route<S> | undefined => {
    const { prefers = () => true, conversation = '', withinMs = Number.POSITIVE_INFINITY } = need;
    const candidates = inOrder(suited(stage, need), conversation);
    const isPreferred = ({ adapter }: Candidate<AdapterOf[S]>): boolean =>
      prefers(adapter) && (providerOf(adapter).observer.counts.firstItemMs ?? 0) <= withinMs;
    const regular = choose(candidates, admits, isPreferred);
    const lastResort = lastResorts[stage];
    const chosen = regular ?? (lastResort.waitMs() > 0 ? undefined : chooseLastResort(candidates, restOf));
    if (chosen === undefined) return undefined;
    const { adapter } = chosen;
    const { circuit, limit, observer, usage } = providerOf(adapter);
    const model = adapter as unknown as ModelAdapter<unknown, unknown, unknown>;
    const useful = isUseful[stage];

    /** A provider is asked twice only while it is in service and nobody else could be asked instead. */
    const readyInMs = (): number => {
      const standby = candidates.some((each) => each !== chosen && admits(each));
      if (standby || regular === undefined) return Number.POSITIVE_INFINITY;
      if (circuit.admits()) return 0;
      return circuit.state === 'throttled' ? circuit.opensInMs() : Number.POSITIVE_INFINITY;
    };

    const call = (
      input: unknown,
      control: unknown,
      context: Omit<InferContext, 'signal'>,
      signal: AbortSignal,
      owes?: () => boolean,
    ): AsyncIterable<unknown> => {
      const attempt = (): AsyncIterable<unknown> => {
        const pace = { slow: false };
        const bill = usage.call(stage, input);
        const report = (record: UsageRecord): void => {
          bill.report(record);
          context.usage(record);
        };
        const conversation = conversations.call(model, context.sessionId);
        const infer = (ending: AbortSignal): AsyncIterable<unknown> =>
          conversation.infer(input, control, { ...context, signal: ending, usage: report });
        const leftMs = context.deadline - clock.now();
        const inTime = (): AsyncIterable<unknown> =>
          withDeadline(
            infer,
            callBudget(stage, policies[stage], policies.budget, leftMs),
            clock,
            signal,
            owes,
            {
              pace,
              slowShare: policies.circuit.slowShare,
              ...(stage === 'tts' && { took: speechPace(pace) }),
            },
            stage === 'llm' ? { isLast: isFinish, graceMs: policies.finishGraceMs } : undefined,
          );
        return throughLayers<unknown>(
          inTime,
          [
            limit.layer,
            regular === undefined && !circuit.admits() ? lastResort.layer : circuit.layer(useful, pace),
            observer.layer(useful),
            bill.layer,
            ...conversation.layers,
            ...livenessOf(stage, input, context.attempt, policies),
          ],
          signal,
        );
      };
      return withRetry(
        attempt,
        { policy: policies.retry, budget: retries[stage], clock, random, readyInMs },
        signal,
      );
    };
    return { adapter, call: call as unknown as Call<AdapterOf[S]> };
  };

  const noneAvailable = <S extends Stage>(stage: S, need: Need<AdapterOf[S]>): TthError => {
    const installed = registry.candidates(stage).map(({ adapter }) => adapter.id);
    const candidates = suited(stage, need);
    if (installed.length > 0 && candidates.length === 0) {
      return new TthError(
        'provider.none_available',
        'No installed provider of this stage has what is asked for; correct its route or ask for less.',
        { details: { stage, installed, tags: need.tags ?? [] } },
      );
    }
    if (installed.length === 0) {
      return new TthError(
        'provider.none_available',
        'No provider of this stage is installed; add a plugin.',
        {
          details: { stage },
        },
      );
    }
    const waits = candidates.map(({ adapter }) => providerOf(adapter).circuit.opensInMs());
    if (chooseLastResort(candidates, restOf) !== undefined) {
      waits.push(lastResorts[stage].waitMs());
    }
    const retryAfterMs = Math.ceil(Math.min(...waits));
    return new TthError(
      'provider.none_available',
      'Every provider of this stage is resting after failures.',
      {
        details: { stage, installed },
        ...(Number.isFinite(retryAfterMs) && { retryAfterMs }),
      },
    );
  };

  return {
    find,
    route: (stage, need = {}) => {
      const found = find(stage, need);
      if (found === undefined) throw noneAvailable(stage, need);
      return found;
    },
    circuits: [...providers.values()].map(({ circuit }) => circuit),
    health: () => health.report([...providers.values()]),
    endConversation: (id) => conversations.end(id),
    close: () => {
      health.close();
      for (const { circuit } of providers.values()) circuit.stop();
      return conversations.close();
    },
  };
};
