import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TthError } from '@tth/core';

/** What is read of a `package.json`. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly keywords?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package that is installed, or a folder with one. */
export interface InstalledPackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The manifest of a folder, or `undefined` where there is none that can be read. */
export const readManifest = async (folder: string): Promise<Manifest | undefined> => {
  try {
    return JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
};

/** The manifest of a project. Throws `config.invalid` where the folder is none. */
export const readProject = async (root: string): Promise<Manifest> => {
  const manifest = await readManifest(root);
  if (manifest !== undefined) return manifest;
  throw new TthError(
    'config.invalid',
    'There is no package.json here; go to the folder of your application, or make one with "npm create tth".',
    { details: { folder: root } },
  );
};

/** This folder and the ones that it is in, nearest first. */
const upwards = (folder: string): string[] => {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
};

/** An installed package by its name, as it is found from a folder. Never throws. */
export const findInstalled = async (from: string, name: string): Promise<InstalledPackage | undefined> => {
  for (const place of upwards(from)) {
    const folder = path.join(place, 'node_modules', name);
    const manifest = await readManifest(folder);
    if (manifest !== undefined) return { folder, manifest };
  }
  return undefined;
};

/** The package that a file belongs to. Never throws. */
export const packageOfFile = async (file: string): Promise<InstalledPackage | undefined> => {
  for (const folder of upwards(path.dirname(file))) {
    const manifest = await readManifest(folder);
    if (manifest?.name !== undefined) return { folder, manifest };
  }
  return undefined;
};

/** The folder of the package that a module is part of, in the source tree and in what was built from it. */
export const packageFolder = (moduleFolder: string): string => {
  const folder = upwards(moduleFolder).find((each) => {
    const file = path.join(each, 'package.json');
    return existsSync(file) && 'name' in (JSON.parse(readFileSync(file, 'utf8')) as object);
  });
  if (folder !== undefined) return folder;
  throw new TthError('internal.unexpected', 'This module belongs to no package.');
};
