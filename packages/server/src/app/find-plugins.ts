import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type PluginSource, TthError } from '@tth/core';
import { resolveModulePath } from 'exsolve';

/** Whether a plugin is named by where it is, and not by what its package is called. */
export const isPath = (name: string): boolean => name.startsWith('.') || path.isAbsolute(name);

/** The module that a name stands for, as a module in the folder would import it. Throws where there is none. */
const resolveFrom = (folder: string, name: string): string =>
  resolveModulePath(name, { from: `${folder}/`, cache: false });

/** A folder stands for the package in it. */
const resolvePath = (root: string, name: string): string => {
  const place = path.resolve(root, name);
  const manifest = path.join(place, 'package.json');
  if (!existsSync(manifest)) return resolveFrom(root, place);
  const { name: own } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string };
  return resolveFrom(place, own);
};

/** Plugins by name, each imported from the project's folder so that the project's own copy is used. */
export const namedPlugins = (root: string, names: readonly string[]): PluginSource[] =>
  names.map((name) => ({
    name,
    load: async () => {
      let file: string;
      try {
        file = isPath(name) ? resolvePath(root, name) : resolveFrom(root, name);
      } catch (cause) {
        throw new TthError('plugin.invalid', 'The plugin is not installed; add it to the project.', {
          details: { plugin: name, reason: 'not_found' },
          cause,
        });
      }
      return (await import(pathToFileURL(file).href)) as unknown;
    },
  }));

const keywordsOf = async (root: string, name: string): Promise<readonly string[]> => {
  try {
    const manifest = path.join(root, 'node_modules', name, 'package.json');
    const { keywords } = JSON.parse(await readFile(manifest, 'utf8')) as { keywords?: readonly string[] };
    return keywords ?? [];
  } catch {
    return [];
  }
};

/** The names of a project's dependencies that carry the `tth-plugin` keyword. */
export const discoverPlugins = async (root: string): Promise<string[]> => {
  let dependencies: Readonly<Record<string, string>> = {};
  try {
    const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      dependencies?: Readonly<Record<string, string>>;
    };
    dependencies = manifest.dependencies ?? {};
  } catch {
    return [];
  }
  const found = await Promise.all(
    Object.keys(dependencies).map(async (name) =>
      (await keywordsOf(root, name)).includes('tth-plugin') ? [name] : [],
    ),
  );
  return found.flat();
};

/** The built web pages of `@tth/inspector`, when the project has them. */
export const findWebPages = (root: string): string | undefined => {
  try {
    return path.join(path.dirname(resolveFrom(root, '@tth/inspector/package.json')), 'dist');
  } catch {
    return undefined;
  }
};
