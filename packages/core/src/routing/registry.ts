import type { Stage } from '../domain/capabilities.ts';
import { TthError } from '../domain/errors.ts';
import type { AnyAdapter, AvatarAdapter, LlmAdapter, TtsAdapter } from '../plugin/adapter.ts';

interface AdapterOf {
  llm: LlmAdapter;
  tts: TtsAdapter;
  avatar: AvatarAdapter;
}

/** Which adapters serve which stage, in the order in which they are asked. */
export interface Registry {
  all(): readonly AnyAdapter[];
  candidates<S extends Stage>(stage: S): readonly AdapterOf[S][];
}

/** Ids per stage, best first. A stage that is not named uses every installed adapter in order of loading. */
export type Routes = { readonly [S in Stage]?: readonly string[] | undefined };

/** Throws `config.invalid` when a route names an adapter that is not installed or is of another stage. */
export const createRegistry = (adapters: readonly AnyAdapter[], routes: Routes): Registry => {
  const ofStage = (stage: Stage): readonly AnyAdapter[] => {
    const installed = adapters.filter((adapter) => adapter.capabilities().stage === stage);
    const named = routes[stage];
    if (named === undefined) return installed;
    return named.map((id) => {
      const adapter = installed.find((candidate) => candidate.id === id);
      if (adapter !== undefined) return adapter;
      throw new TthError(
        'config.invalid',
        'A route names an adapter that is not there; install its plugin or correct the name.',
        { details: { field: `routes.${stage}`, adapter: id, installed: installed.map((each) => each.id) } },
      );
    });
  };
  const table = { llm: ofStage('llm'), tts: ofStage('tts'), avatar: ofStage('avatar') };
  return {
    all: () => adapters,
    candidates: <S extends Stage>(stage: S) => table[stage] as readonly AdapterOf[S][],
  };
};
