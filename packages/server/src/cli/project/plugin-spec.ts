import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { TthError } from '@tth/core';

/**
 * What somebody means by the name of a plugin.
 *
 * - `file`: a module of the project; nothing is installed, configuration names its path.
 * - `folder`: a package beside the project or in it; it is installed as a link.
 * - `package`: anything that a package manager takes: a name with or without a version, a tarball, an address.
 */
export type PluginSpec =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'package'; readonly spec: string; readonly name: string | undefined };

const registryName = /^((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)(?:@[^/@]+)?$/;

/** A path as configuration writes it: from the project's folder, with slashes. */
const configPath = (root: string, file: string): string => {
  const relative = path.relative(root, file).split(path.sep).join('/');
  return relative.startsWith('../') ? relative : `./${relative}`;
};

/** Reads a name or path as typed in a folder. Throws `config.invalid` for a path that leads nowhere. */
export const readPluginSpec = (root: string, given: string): PluginSpec => {
  const isTarball = /\.(?:tgz|tar\.gz)$/.test(given);
  const isPath = /^(?:\.{0,2}\/|\.{1,2}$|[A-Za-z]:[\\/])/.test(given) || (isTarball && !given.includes(':'));
  if (!isPath) return { kind: 'package', spec: given, name: registryName.exec(given)?.[1] };
  const place = path.resolve(root, given);
  if (!existsSync(place)) {
    throw new TthError('config.invalid', 'There is no file or folder of this name; correct the path.', {
      details: { path: given },
    });
  }
  if (isTarball) return { kind: 'package', spec: place, name: undefined };
  if (statSync(place).isFile()) return { kind: 'file', path: configPath(root, place) };
  if (existsSync(path.join(place, 'package.json'))) return { kind: 'folder', folder: place };
  throw new TthError(
    'config.invalid',
    'The folder has no package.json; name a package, or the file that exports the plugin.',
    { details: { path: given } },
  );
};
