import { type Stage, stages } from '../domain/capabilities.ts';
import { TthError } from '../domain/errors.ts';
import type { Policies } from '../domain/policies.ts';
import type { Clock } from '../domain/time.ts';
import type {
  AdapterSession,
  AvatarAdapter,
  InferContext,
  LlmAdapter,
  ModelAdapter,
  TtsAdapter,
} from '../plugin/adapter.ts';
import { choose } from './choose.ts';
import { type Circuit, createCircuit } from './layers/circuit.ts';
import { withDeadline } from './layers/deadline.ts';
import type { Registry } from './registry.ts';

type AdapterOf = { llm: LlmAdapter; tts: TtsAdapter; avatar: AvatarAdapter };
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

/** A provider chosen for a call. `call` wraps it in deadline and circuit; `owes`: see `withDeadline`. */
export interface Route<S extends Stage> {
  readonly adapter: AdapterOf[S];
  readonly call: Call<AdapterOf[S]>;
}

export interface Router {
  /** Throws `provider.none_available` when no installed provider of the stage may be called. */
  route<S extends Stage>(stage: S, suits?: (adapter: AdapterOf[S]) => boolean): Route<S>;
  /** Like `route`, but `undefined` where there is nothing to call. */
  find<S extends Stage>(stage: S, suits?: (adapter: AdapterOf[S]) => boolean): Route<S> | undefined;
  readonly circuits: readonly Circuit[];
  close(): void;
}

export const createRouter = (registry: Registry, policies: Policies, clock: Clock): Router => {
  const circuits = new Map<string, Circuit>();
  for (const stage of stages) {
    for (const adapter of registry.candidates(stage)) {
      const key = `${stage}:${adapter.id}`;
      circuits.set(key, createCircuit(key, policies.circuit, clock));
    }
  }

  const find = <S extends Stage>(
    stage: S,
    suits?: (adapter: AdapterOf[S]) => boolean,
  ): Route<S> | undefined => {
    const circuitOf = (adapter: { id: string }): Circuit => circuits.get(`${stage}:${adapter.id}`)!;
    const adapter = choose(registry.candidates(stage), (each) => circuitOf(each).admits(), suits);
    if (adapter === undefined) return undefined;
    const model = adapter as unknown as ModelAdapter<unknown, unknown, unknown>;
    const call = (
      input: unknown,
      control: unknown,
      context: Omit<InferContext, 'signal'>,
      signal: AbortSignal,
      owes?: () => boolean,
    ): AsyncIterable<unknown> =>
      circuitOf(adapter).guard(
        () =>
          withDeadline(
            (ending) => model.inferStream(input, control, { ...context, signal: ending }),
            policies[stage],
            clock,
            signal,
            owes,
          ),
        signal,
      );
    return { adapter, call: call as unknown as Call<AdapterOf[S]> };
  };

  return {
    find,
    route: (stage, suits) => {
      const found = find(stage, suits);
      if (found !== undefined) return found;
      const installed = registry.candidates(stage).map(({ id }) => id);
      throw installed.length === 0
        ? new TthError('provider.none_available', 'No provider of this stage is installed; add a plugin.', {
            details: { stage },
          })
        : new TthError('provider.none_available', 'Every provider of this stage is resting after failures.', {
            details: { stage, installed },
            retryAfterMs: policies.circuit.cooldownMs,
          });
    },
    circuits: [...circuits.values()],
    close: () => {
      for (const circuit of circuits.values()) circuit.stop();
    },
  };
};
