import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TthError } from '@tth/core';
import { namesInFile } from '../../app/environment.ts';
import { loadPlugins } from '../doctor/examine.ts';
import { removeAdapters, removePlugin as unnamePlugin } from '../project/edit-config.ts';
import { readProject } from '../project/manifest.ts';
import { findPackageManager } from '../project/package-manager.ts';
import type { Shell } from '../shell.ts';
import { readConfigText } from './configure.ts';
import { optionsOf } from '../project/adapter-options.ts';

/** A path as configuration writes it, or the name as it is. */
const configName = (given: string): string =>
  /^\.{0,2}\//.test(given)
    ? `./${path.posix.normalize(given).replace(/\/$/, '')}`.replace('./../', '../')
    : given;

/**
 * `tth plugin remove`: takes a plugin out of the configuration, with the options and routes of its adapters, and
 * uninstalls it. What names it and cannot be changed safely is said. Resolves with the exit code.
 */
export const removePlugin = async (given: string, shell: Shell): Promise<number> => {
  const { root } = shell;
  const manifest = await readProject(root);
  const config = await readConfigText(root);
  const name = configName(given);
  const isInstalled = manifest.dependencies?.[name] !== undefined;
  if (!isInstalled && config.plugins?.includes(name) !== true) {
    throw new TthError('config.invalid', 'There is no plugin of this name here; name one that is.', {
      details: { plugin: name, known: config.plugins ?? Object.keys(manifest.dependencies ?? {}) },
    });
  }
  const [plugin] = await loadPlugins(root, [name]);
  const adapters = plugin?.definition?.adapters ?? [];
  const byHand: string[] = [];

  if (isInstalled) {
    const manager = await findPackageManager(root, shell.run);
    shell.tell(`Uninstalling ${name} with ${manager.name}…`);
    await manager.run('uninstall', [name]);
  }

  if (config.text !== undefined) {
    const unnamed = unnamePlugin(config.text, name);
    if (unnamed.kind === 'by_hand') byHand.push(unnamed.line);
    const before = unnamed.kind === 'edited' ? unnamed.text : config.text;
    const { text, removed, left } = removeAdapters(before, adapters);
    byHand.push(...left.map((field) => `${field}: without ${adapters.map(({ id }) => id).join(', ')}`));
    if (text !== config.text) await writeFile(config.file, text);
    if (unnamed.kind === 'edited') shell.tell(`${name} is no longer named in ${config.name}.`);
    for (const field of removed) shell.tell(`${field} named it and was taken out.`);
  }

  for (const line of byHand) {
    shell.tell(
      `${config.name} is not written so that it can be changed safely there. Write yourself: ${line}`,
    );
  }
  const secrets = adapters.flatMap((adapter) => optionsOf(adapter).flatMap(({ secret }) => secret ?? []));
  for (const secret of namesInFile(root).filter((name) => secrets.includes(name))) {
    shell.tell(`${secret} is still in .env; "tth config unset ${secret}" takes it out.`);
  }
  if (!isInstalled) shell.tell(`The file ${name} stays where it is.`);
  shell.print(`${name} is removed.`);
  return byHand.length === 0 ? 0 : 1;
};
