import { existsSync } from 'node:fs';
import path from 'node:path';
import { TthError } from '@tth/core';
import { resolveModulePath } from 'exsolve';
import { type Manifest, readManifest, readProject } from '../project/manifest.ts';
import { type PackageManager, findPackageManager } from '../project/package-manager.ts';
import { isInWorkspace } from '../project/workspace.ts';
import type { PluginSpec } from '../project/plugin-spec.ts';
import type { Shell } from '../shell.ts';

/** The name that configuration uses for what a package manager has just installed. */
const addedName = (before: Manifest, after: Manifest): string | undefined => {
  const known = before.dependencies ?? {};
  return Object.entries(after.dependencies ?? {}).find(([name, spec]) => known[name] !== spec)?.[0];
};

/** A folder is installed as a link: it needs its own dependencies, and what it exports has to be there. */
const readyFolder = async (folder: string, shell: Shell): Promise<string> => {
  const manifest = await readManifest(folder);
  const name = manifest?.name;
  if (name === undefined) {
    throw new TthError('config.invalid', 'The package.json of the plugin has no name; give it one.', {
      details: { folder },
    });
  }
  const isBuilt = (): boolean =>
    resolveModulePath(name, { from: `${folder}/`, try: true, cache: false }) !== undefined;
  if (isBuilt() || manifest?.scripts?.['build'] === undefined) return name;
  const manager = await findPackageManager(folder, shell.run);
  if (!existsSync(path.join(folder, 'node_modules'))) {
    shell.tell(`Installing what ${name} needs…`);
    await manager.run('install', []);
  }
  shell.tell(`Building ${name}…`);
  await manager.run('run', ['build']);
  if (isBuilt()) return name;
  throw new TthError(
    'plugin.invalid',
    'The build did not make the file that "exports" of the plugin names.',
    {
      details: { plugin: name, folder },
    },
  );
};

/** What was installed, and how to take it back. */
export interface Installed {
  /** As configuration names it. */
  readonly name: string;
  readonly isNew: boolean;
}

/** Installs a plugin into the project of the shell. Throws `config.invalid` with what to type where that fails. */
export const installPlugin = async (
  spec: PluginSpec,
  manager: PackageManager,
  shell: Shell,
): Promise<Installed> => {
  if (spec.kind === 'file') return { name: spec.path, isNew: false };
  const before = await readProject(shell.root);
  const known = spec.kind === 'folder' ? await readyFolder(spec.folder, shell) : spec.name;
  const isOurs =
    spec.kind === 'package' && spec.spec === spec.name && (await isInWorkspace(shell.root, spec.name));
  const named = spec.kind === 'folder' ? spec.folder : spec.spec;
  const what = isOurs ? `${named}@workspace:*` : named;
  shell.tell(`Installing ${known ?? what} with ${manager.name}…`);
  await manager.run('add', [what]);
  const name = known ?? addedName(before, await readProject(shell.root));
  if (name === undefined) {
    throw new TthError('config.invalid', 'The package was there already; name it as in package.json.', {
      details: { package: what },
    });
  }
  return { name, isNew: before.dependencies?.[name] === undefined };
};
