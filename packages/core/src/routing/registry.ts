import { type Stage, stages } from '../domain/capabilities.ts';
import { TthError } from '../domain/errors.ts';
import type { AnyAdapter, AvatarAdapter, LlmAdapter, TtsAdapter } from '../plugin/adapter.ts';
import type { PluginFailure } from '../plugin/host.ts';

export interface AdapterOf {
  llm: LlmAdapter;
  tts: TtsAdapter;
  avatar: AvatarAdapter;
}

/** An adapter that may serve a stage, and its place among those that may. */
export interface Candidate<Adapter> {
  readonly adapter: Adapter;
  /** The lowest is asked first; equals share the conversations by weight. */
  readonly priority: number;
  /** Share among equals; 0 is asked only when nobody else of its priority can be. */
  readonly weight: number;
  /** What an operator says of it, such as `local` or `eu`. */
  readonly tags: readonly string[];
}

/** Which adapters serve which stage. */
export interface Registry {
  all(): readonly AnyAdapter[];
  candidates<S extends Stage>(stage: S): readonly Candidate<AdapterOf[S]>[];
}

/** One adapter in a route: its id, or its id and how it is chosen. Without a priority its place in the list counts. */
export type RouteEntry =
  | string
  | {
      readonly id: string;
      readonly priority?: number | undefined;
      readonly weight?: number | undefined;
      readonly tags?: readonly string[] | undefined;
    };

/** Adapters per stage. A stage that is not named uses every installed adapter in order of loading. */
export type Routes = { readonly [S in Stage]?: readonly RouteEntry[] | undefined };

const idOf = (entry: RouteEntry): string => (typeof entry === 'string' ? entry : entry.id);
const stagesOf = (routes: Routes): [Stage, readonly RouteEntry[]][] =>
  stages.flatMap((stage): [Stage, readonly RouteEntry[]][] => {
    const entries = routes[stage];
    return entries === undefined ? [] : [[stage, entries]];
  });

/** The adapters that routes name. */
export const routedAdapters = (routes: Routes): string[] =>
  stagesOf(routes).flatMap(([, entries]) => entries.map(idOf));

/**
 * Routes without those who could not be started, where somebody else is left to serve the stage: one broken
 * provider stops nobody. `isBroken` says whether a failure explains that an adapter is not there.
 */
export const withoutBroken = (
  routes: Routes,
  adapters: readonly AnyAdapter[],
  isBroken: (id: string) => boolean,
): Routes => {
  const isThere = (entry: RouteEntry): boolean => adapters.some(({ id }) => id === idOf(entry));
  return Object.fromEntries(
    stagesOf(routes).map(([stage, entries]) => {
      const left = entries.filter((entry) => isThere(entry) || !isBroken(idOf(entry)));
      return [stage, left.some(isThere) ? left : entries];
    }),
  );
};

/** A route names an adapter that is not there: what kept it from starting, where that is known. */
const notThere = (
  id: string,
  field: string,
  installed: readonly string[],
  failures: readonly PluginFailure[],
): TthError => {
  const cause = failures.find(({ adapter }) => adapter === id)?.error;
  if (cause !== undefined) {
    return new TthError(cause.code, cause.message, {
      details: { ...cause.details, field, adapter: id },
      cause,
    });
  }
  const notLoaded = failures.flatMap(({ adapter, plugin }) => (adapter === undefined ? [plugin] : []));
  return new TthError(
    'config.invalid',
    'A route names an adapter that is not there; install its plugin or correct the name.',
    { details: { field, adapter: id, installed, ...(notLoaded.length > 0 && { notLoaded }) } },
  );
};

/**
 * Throws when a route names an adapter that is not there or is of another stage: with the failure that kept it from
 * starting, and else `config.invalid`.
 */
export const createRegistry = (
  adapters: readonly AnyAdapter[],
  routes: Routes,
  failures: readonly PluginFailure[] = [],
): Registry => {
  const ofStage = (stage: Stage): readonly Candidate<AnyAdapter>[] => {
    const installed = adapters.filter((adapter) => adapter.capabilities().stage === stage);
    const entries = routes[stage] ?? installed.map(({ id }) => id);
    return entries.map((entry, place) => {
      const { priority = place, weight = 1, tags = [] } = typeof entry === 'string' ? {} : entry;
      const id = idOf(entry);
      const adapter = installed.find((candidate) => candidate.id === id);
      if (adapter !== undefined) return { adapter, priority, weight, tags };
      throw notThere(
        id,
        `routes.${stage}`,
        installed.map((each) => each.id),
        failures,
      );
    });
  };
  const table = { llm: ofStage('llm'), tts: ofStage('tts'), avatar: ofStage('avatar') };
  return {
    all: () => adapters,
    candidates: <S extends Stage>(stage: S) => table[stage] as readonly Candidate<AdapterOf[S]>[],
  };
};
