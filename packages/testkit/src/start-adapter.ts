import {
  type Clock,
  type Random,
  type SecretStore,
  type Services,
  silentLog,
  startPlugins,
  systemClock,
  systemRandom,
  TthError,
} from '@tth/core';
import type { AnyAdapter, AvatarAdapter, LlmAdapter, PluginDefinition, TtsAdapter } from '@tth/core/plugin';

interface AdapterOf {
  readonly llm: LlmAdapter;
  readonly tts: TtsAdapter;
  readonly avatar: AvatarAdapter;
}

/** An adapter as the engine would use it. */
export interface StartedAdapter<Adapter extends AnyAdapter = AnyAdapter> {
  readonly adapter: Adapter;
  /** Closes the adapter and everything that was started with it. */
  close(): Promise<void>;
}

export interface StartAdapterOptions {
  /** The adapter's options. */
  readonly options?: unknown;
  /** Plugins whose services it may use. */
  readonly with?: readonly PluginDefinition[];
  /** Ready services, in place of those of plugins. */
  readonly services?: Services;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly secrets?: SecretStore;
}

const noSecrets: SecretStore = { reveal: ({ secret }) => `secret-${secret}` };

const serviceSource = (services: Services): PluginDefinition => ({
  name: '@tth/testkit-services',
  apiVersion: 1,
  services: Object.entries(services).map(([port, service]) => ({
    port: port as keyof Services,
    create: () => Promise.resolve(service as never),
  })),
});

/**
 * Starts one adapter of a plugin through the same host that the engine uses, with its options checked.
 * Rejects with the host's error when it does not start.
 */
export const startAdapter = async <Stage extends keyof AdapterOf>(
  plugin: PluginDefinition,
  stage: Stage,
  id: string,
  given: StartAdapterOptions = {},
): Promise<StartedAdapter<AdapterOf[Stage]>> => {
  const others = [...(given.with ?? []), serviceSource(given.services ?? {})];
  const sources = [...others, plugin].map((each) => ({ name: each.name, load: () => Promise.resolve(each) }));
  const host = await startPlugins(
    sources,
    { [id]: given.options },
    {
      clock: given.clock ?? systemClock,
      random: given.random ?? systemRandom,
      log: silentLog,
      secrets: given.secrets ?? noSecrets,
    },
  );
  const adapter = host.adapters.find((each) => each.id === id && each.capabilities().stage === stage);
  if (adapter !== undefined) return { adapter: adapter as AdapterOf[Stage], close: () => host.close() };
  await host.close();
  throw (
    host.failures.find((failure) => failure.adapter === id || failure.adapter === undefined)?.error ??
    new TthError('plugin.invalid', 'The plugin has no adapter of this stage and id.', {
      details: { plugin: plugin.name, stage, id },
    })
  );
};
