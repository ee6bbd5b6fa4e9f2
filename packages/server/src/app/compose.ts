import { type Engine, type Log, type PluginSource, createEngine } from '@tth/core';
import type { Settings } from './config.ts';
import { readEnvironment, secretsOf } from './environment.ts';
import { discoverPlugins, namedPlugins } from './find-plugins.ts';
import { readPersonas } from './persona-files.ts';

/**
 * Builds the engine that a configuration describes. Plugins that fail to start are logged and left out.
 * `plugins` takes the place of those that the configuration names.
 */
export const composeEngine = async (
  settings: Settings,
  log: Log,
  plugins?: readonly PluginSource[],
): Promise<Engine> => {
  const names = settings.plugins ?? (await discoverPlugins(settings.root));
  const engine = await createEngine({
    plugins: plugins ?? namedPlugins(settings.root, names),
    adapterOptions: settings.adapters,
    routes: settings.routes,
    personas: await readPersonas(settings),
    ...(settings.defaultPersona !== undefined && { defaultPersona: settings.defaultPersona }),
    policies: settings.policies,
    secrets: secretsOf(readEnvironment(settings.root, process.env)),
    log,
  });
  for (const { plugin, adapter, error } of engine.failures) {
    log.error({ plugin, adapter, error }, error.message);
  }
  return engine;
};
