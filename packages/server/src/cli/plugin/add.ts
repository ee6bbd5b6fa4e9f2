import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { TthError } from '@tth/core';
import type { AdapterDefinition } from '@tth/core/plugin';
import { diagnose } from '../doctor/diagnose.ts';
import { loadPlugins } from '../doctor/examine.ts';
import { sentenceOf } from '../doctor/finding.ts';
import { diagnosisLines } from '../doctor/print.ts';
import { adapterNames, addPlugin as namePlugin, preferAdapter } from '../project/edit-config.ts';
import { readProject } from '../project/manifest.ts';
import { findPackageManager } from '../project/package-manager.ts';
import { readPluginSpec } from '../project/plugin-spec.ts';
import type { Shell } from '../shell.ts';
import { applyEdit, readConfigText } from './configure.ts';
import { installPlugin } from './install.ts';
import { optionsOf } from '../project/adapter-options.ts';

export interface AddOptions {
  /** Puts an adapter first in the route of its stage: this one, or with `true` the first of each stage. */
  readonly use?: string | boolean | undefined;
}

const keyword = 'tth-plugin';

/** The adapters that are to come first. Throws `config.invalid` for one that the plugin does not have. */
const chosenAdapters = (
  adapters: readonly AdapterDefinition[],
  use: string | boolean,
): readonly AdapterDefinition[] => {
  if (use === false) return [];
  if (use === true)
    return adapters.filter(({ stage }, at) => adapters.findIndex((each) => each.stage === stage) === at);
  const chosen = adapters.filter(({ id }) => id === use);
  if (chosen.length > 0) return chosen;
  throw new TthError(
    'config.invalid',
    'The plugin has no adapter of this name to use; it is installed, and nothing else is changed.',
    { details: { adapter: use, known: adapters.map(({ id }) => id) } },
  );
};

/** Names the secrets of new adapters in `.env.example`, where the project has one. */
const noteSecrets = async (
  root: string,
  adapters: readonly AdapterDefinition[],
): Promise<readonly string[]> => {
  const file = path.join(root, '.env.example');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const names = adapters.flatMap((adapter) => optionsOf(adapter).flatMap(({ secret }) => secret ?? []));
  const lines = text.split('\n').map((line) => line.replace(/^#?\s*/, ''));
  const fresh = [...new Set(names)].filter((name) => !lines.some((line) => line.startsWith(`${name}=`)));
  if (fresh.length > 0) {
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    await appendFile(file, `${gap}${fresh.map((name) => `${name}=\n`).join('')}`);
  }
  return fresh;
};

/**
 * `tth plugin add`: installs a plugin, names it in the configuration where that is needed and looks whether it works.
 * What does not export a plugin is taken out again. Resolves with the exit code.
 */
export const addPlugin = async (
  given: string,
  { use = false }: AddOptions,
  shell: Shell,
): Promise<number> => {
  const { root, version, env, secrets } = shell;
  await readProject(root);
  const spec = readPluginSpec(root, given);
  const manager = await findPackageManager(root, shell.run);
  const { name, isNew } = await installPlugin(spec, manager, shell);

  const [plugin] = await loadPlugins(root, [name]);
  if (plugin?.definition === undefined) {
    if (isNew) await manager.run('uninstall', [name]);
    throw new TthError('plugin.invalid', `${name} is not a plugin that can be used; nothing was changed.`, {
      details: { ...(plugin?.failure && { problem: sentenceOf(plugin.failure) }) },
    });
  }

  const wanted = chosenAdapters(plugin.definition.adapters ?? [], use);

  let config = await readConfigText(root);
  let isByHand = false;
  const isFound = config.findsByKeyword && plugin.package?.manifest.keywords?.includes(keyword) === true;
  if (isFound && spec.kind !== 'file') {
    shell.tell(`${name} is found by its keyword; the configuration needs no change.`);
  } else {
    const others = config.plugins ?? [];
    const named = await applyEdit(
      config,
      (text) => namePlugin(text, name, others),
      `${name} is named in ${config.name}.`,
    );
    shell.tell(named.said);
    ({ config, isByHand } = named);
  }

  if (wanted.length > 0) {
    const others = (config.plugins ?? []).filter((each) => each !== name);
    const rest = (await loadPlugins(root, others)).flatMap(({ definition }) => definition?.adapters ?? []);
    for (const { id, stage } of wanted) {
      const behind = rest.filter((adapter) => adapter.stage === stage);
      const preferred = await applyEdit(
        config,
        (text) =>
          preferAdapter(
            text,
            stage,
            id,
            behind.flatMap((adapter) => adapterNames(text, adapter)),
          ),
        `${id} comes first in routes.${stage}.`,
      );
      shell.tell(preferred.said);
      config = preferred.config;
      isByHand ||= preferred.isByHand;
    }
  }

  const noted = await noteSecrets(root, plugin.definition.adapters ?? []);
  if (noted.length > 0) shell.tell(`.env.example names ${noted.join(', ')}.`);

  const diagnosis = await diagnose(root, { version, env, secrets, plugins: [name] });
  for (const line of diagnosisLines(diagnosis)) shell.print(line);
  return diagnosis.ok && !isByHand ? 0 : 1;
};
