import {
  type Clock,
  type Random,
  type SecretStore,
  type Services,
  startPlugins,
  systemClock,
  systemRandom,
  TthError,
} from '@tth/core';
import type { AnyAdapter, AvatarAdapter, LlmAdapter, PluginDefinition, TtsAdapter } from '@tth/core/plugin';
import { type RecordingLog, createRecordingLog } from './recording-log.ts';

interface AdapterOf {
  readonly llm: LlmAdapter;
  readonly tts: TtsAdapter;
  readonly avatar: AvatarAdapter;
}

/** An adapter as the engine would use it. */
export interface StartedAdapter<Adapter extends AnyAdapter = AnyAdapter> {
  readonly adapter: Adapter;
  /** What was logged by the adapter and by the calls that it makes. */
  readonly log: RecordingLog;
  /** The secrets that it was told. */
  readonly revealed: ReadonlySet<string>;
  /** Whether it would have started with these options as well as its own. */
  accepts(more: object): boolean;
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
  /** By default one that knows every name and makes up its value. */
  readonly secrets?: SecretStore;
}

const inventedSecrets: SecretStore = { reveal: ({ secret }) => `secret-${secret}` };

/** Notes in `revealed` what it gives away. */
const watched = (secrets: SecretStore, revealed: Set<string>): SecretStore => ({
  reveal: (ref) => {
    const value = secrets.reveal(ref);
    revealed.add(value);
    return value;
  },
});

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
  const log = createRecordingLog();
  const revealed = new Set<string>();
  const others = [...(given.with ?? []), serviceSource(given.services ?? {})];
  const sources = [...others, plugin].map((each) => ({ name: each.name, load: () => Promise.resolve(each) }));
  const host = await startPlugins(
    sources,
    { [id]: given.options },
    {
      clock: given.clock ?? systemClock,
      random: given.random ?? systemRandom,
      log,
      secrets: watched(given.secrets ?? inventedSecrets, revealed),
    },
  );
  const adapter = host.adapters.find((each) => each.id === id && each.capabilities().stage === stage);
  if (adapter !== undefined) {
    const definition = plugin.adapters?.find((each) => each.id === id && each.stage === stage);
    return {
      adapter: adapter as AdapterOf[Stage],
      log,
      revealed,
      accepts: (more) => definition!.options.safeParse({ ...(given.options as object), ...more }).success,
      close: () => host.close(),
    };
  }
  await host.close();
  throw (
    host.failures.find((failure) => failure.adapter === id || failure.adapter === undefined)?.error ??
    new TthError('plugin.invalid', 'The plugin has no adapter of this stage and id.', {
      details: { plugin: plugin.name, stage, id },
    })
  );
};
