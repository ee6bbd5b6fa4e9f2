import { type AnyAdapter, type SecretStore, TthError } from '@tth/core/plugin';
import type { StartedAdapter } from '../start-adapter.ts';

/** How an adapter is started for calls of its real vendor. */
export interface LiveRun<Adapter extends AnyAdapter> {
  /** Names of the environment variables that hold what it needs. */
  readonly secrets: readonly string[];
  /** Is given those secrets. */
  make(secrets: SecretStore): Promise<StartedAdapter<Adapter>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Why the real vendor is not called; `undefined`: it is. It costs money, so somebody has to ask for it. */
export const reasonNotLive = (secrets: readonly string[], environment: Environment): string | undefined => {
  if (environment['TTH_LIVE'] !== '1') return 'live calls were not asked for with TTH_LIVE=1';
  const missing = secrets.filter((name) => !environment[name]);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not set`;
};

/** The named variables of an environment, and no others. */
export const secretsOf = (names: readonly string[], environment: Environment): SecretStore => ({
  reveal: ({ secret }) => {
    const value = names.includes(secret) ? environment[secret] : undefined;
    if (value) return value;
    throw new TthError('config.invalid', 'The secret is not among those of the live run.', {
      details: { secret },
    });
  },
});
