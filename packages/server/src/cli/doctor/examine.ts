import path from 'node:path';
import {
  type AdapterInfo,
  type PluginHost,
  type SecretStore,
  type TthError,
  isTthError,
  pause,
  readPluginDefinition,
  silentLog,
  startPlugins,
  systemClock,
  systemRandom,
  toTthError,
} from '@tth/core';
import type { AdapterDefinition, PluginDefinition } from '@tth/core/plugin';
import type { Settings } from '../../app/config.ts';
import { discoverPlugins, isPath, namedPlugins } from '../../app/find-plugins.ts';
import { type InstalledPackage, findInstalled, packageOfFile } from '../project/manifest.ts';

/** A plugin as configuration names it. */
export interface ExaminedPlugin {
  readonly name: string;
  /** The package that it is, or that its file is part of. */
  readonly package: InstalledPackage | undefined;
  readonly definition: PluginDefinition | undefined;
  /** Why it does not load, or which of its services did not start. */
  readonly failure: TthError | undefined;
}

export interface ExaminedHealth {
  readonly status: 'ok' | 'degraded' | 'down' | 'late';
  readonly detail: string | undefined;
  readonly latencyMs: number;
  readonly error: TthError | undefined;
}

/** An adapter as routes and events call it. */
export interface ExaminedAdapter {
  readonly id: string;
  /** The definition that it is made of. */
  readonly definition: string;
  readonly plugin: string;
  readonly stage: AdapterInfo['stage'];
  readonly capabilities: AdapterInfo['capabilities'] | undefined;
  /** Why it did not start. */
  readonly failure: TthError | undefined;
  /** The answer to its first health call; `undefined` where it did not start. */
  readonly health: ExaminedHealth | undefined;
}

export interface Examination {
  readonly plugins: readonly ExaminedPlugin[];
  readonly adapters: readonly ExaminedAdapter[];
  readonly services: PluginHost['services'];
}

export interface ExamineOptions {
  readonly secrets: SecretStore;
  /** Only these plugins; all that the configuration loads by default. */
  readonly plugins?: readonly string[];
  /** How long a health call may take: 5 s by default. */
  readonly healthTimeoutMs?: number;
}

/** The definition that an entry of `adapters` starts. */
export const definitionIdOf = (settings: Pick<Settings, 'adapters'>, id: string): string => {
  const entry = settings.adapters[id];
  const named = typeof entry === 'object' && entry !== null && 'adapter' in entry ? entry.adapter : undefined;
  return typeof named === 'string' ? named : id;
};

/** Adapters that a configuration asks for, in a route or with options, as a server hands them to the host. */
const askedFor = ({
  adapters,
  routes,
}: Pick<Settings, 'adapters' | 'routes'>): Readonly<Record<string, unknown>> => {
  const routed = [routes.llm, routes.tts, routes.avatar]
    .flatMap((route) => route ?? [])
    .map((entry) => [typeof entry === 'string' ? entry : entry.id, undefined]);
  return { ...(Object.fromEntries(routed) as Record<string, undefined>), ...adapters };
};

/** The plugins that a configuration loads. */
const pluginNames = async (settings: Pick<Settings, 'root' | 'plugins'>): Promise<readonly string[]> =>
  settings.plugins ?? (await discoverPlugins(settings.root));

const packageOf = (root: string, name: string): Promise<InstalledPackage | undefined> =>
  isPath(name) ? packageOfFile(path.resolve(root, name, 'any-file')) : findInstalled(root, name);

const loadPlugin = async (root: string, name: string): Promise<ExaminedPlugin> => {
  const installed = await packageOf(root, name);
  const [source] = namedPlugins(root, [name]);
  try {
    const definition = readPluginDefinition(await source!.load(), name);
    return { name, package: installed, definition, failure: undefined };
  } catch (error) {
    const failure = toTthError(error, 'plugin.error', 'The plugin could not be loaded.');
    return { name, package: installed, definition: undefined, failure };
  }
};

/** Adapters of a plugin that wait until a configuration names them. */
export const waitingAdapters = (
  { definition }: ExaminedPlugin,
  adapters: readonly ExaminedAdapter[],
): readonly AdapterDefinition[] =>
  (definition?.adapters ?? []).filter(({ id }) => !adapters.some((adapter) => adapter.definition === id));

/** Imports plugins without starting anything of them. */
export const loadPlugins = (root: string, names: readonly string[]): Promise<readonly ExaminedPlugin[]> =>
  Promise.all(names.map((name) => loadPlugin(root, name)));

const askHealth = async (
  adapter: PluginHost['adapters'][number],
  timeoutMs: number,
): Promise<ExaminedHealth> => {
  const stop = new AbortController();
  const begun = performance.now();
  const since = (): number => Math.round(performance.now() - begun);
  const late = pause(systemClock, timeoutMs, stop.signal).then(() => 'late' as const);
  try {
    const answer = await Promise.race([adapter.health(stop.signal), late]);
    return answer === 'late'
      ? { status: 'late', detail: undefined, latencyMs: since(), error: undefined }
      : { status: answer.status, detail: answer.detail, latencyMs: since(), error: undefined };
  } catch (error) {
    const known = isTthError(error) ? error : undefined;
    return { status: 'down', detail: known?.message, latencyMs: since(), error: known };
  } finally {
    stop.abort();
  }
};

/**
 * Loads the plugins of a configuration, starts their adapters as a server would and asks each for its health,
 * all at once. Closes them again. A plugin that fails is part of the answer.
 */
export const examine = async (
  settings: Pick<Settings, 'root' | 'plugins' | 'adapters' | 'routes'>,
  { secrets, plugins: only, healthTimeoutMs = 5_000 }: ExamineOptions,
): Promise<Examination> => {
  const names = only ?? (await pluginNames(settings));
  const plugins = await loadPlugins(settings.root, names);
  const loaded = plugins.flatMap(({ name, definition }) => (definition ? [{ name, definition }] : []));
  const known = loaded.flatMap(({ definition }) => definition.adapters ?? []).map(({ id }) => id);
  const isWhole = only === undefined && loaded.length === plugins.length;
  const host = await startPlugins(
    loaded.map(({ name, definition }) => ({ name, load: () => Promise.resolve(definition) })),
    // What configures an adapter of a plugin that is not looked at, or does not load, is no mistake of its own.
    Object.fromEntries(
      Object.entries(askedFor(settings)).filter(
        ([id]) => isWhole || known.includes(definitionIdOf(settings, id)),
      ),
    ),
    { clock: systemClock, random: systemRandom, log: silentLog, secrets },
  );
  try {
    const ownerOf = (id: string) =>
      loaded.find(({ definition }) =>
        definition.adapters?.some((adapter) => adapter.id === definitionIdOf(settings, id)),
      );
    const stageOf = (id: string): AdapterInfo['stage'] =>
      ownerOf(id)?.definition.adapters?.find((adapter) => adapter.id === definitionIdOf(settings, id))
        ?.stage ?? 'llm';
    const started = await Promise.all(
      host.adapters.map(async (adapter): Promise<ExaminedAdapter> => {
        const capabilities = adapter.capabilities();
        return {
          id: adapter.id,
          definition: definitionIdOf(settings, adapter.id),
          plugin: ownerOf(adapter.id)?.name ?? '',
          stage: capabilities.stage,
          capabilities,
          failure: undefined,
          health: await askHealth(adapter, healthTimeoutMs),
        };
      }),
    );
    const failed = host.failures.flatMap(({ plugin, adapter: id, error }): ExaminedAdapter[] => {
      if (id === undefined) return [];
      const owner = loaded.find(({ definition }) => definition.name === plugin)?.name ?? plugin;
      return [
        {
          id,
          definition: definitionIdOf(settings, id),
          plugin: owner,
          stage: stageOf(id),
          capabilities: undefined,
          failure: error,
          health: undefined,
        },
      ];
    });
    const serviceFailures = host.failures.filter(({ adapter }) => adapter === undefined);
    return {
      plugins: plugins.map((plugin) => ({
        ...plugin,
        failure:
          plugin.failure ?? serviceFailures.find((each) => each.plugin === plugin.definition?.name)?.error,
      })),
      adapters: [...started, ...failed],
      services: host.services,
    };
  } finally {
    await host.close();
  }
};
