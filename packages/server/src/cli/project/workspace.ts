import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { readManifest } from './manifest.ts';

/** Folders that a pattern such as `packages/*` stands for. Other wildcards stand for nothing here. */
const foldersOf = async (root: string, pattern: string): Promise<readonly string[]> => {
  if (!pattern.includes('*')) return [path.join(root, pattern)];
  if (!/^[^*]*\/\*$/.test(pattern)) return [];
  const parent = path.join(root, path.dirname(pattern));
  const names = await readdir(parent).catch(() => []);
  return names.map((name) => path.join(parent, name));
};

/** Whether a package is part of the pnpm workspace that the folder is the root of. Never throws. */
export const isInWorkspace = async (root: string, name: string): Promise<boolean> => {
  const text = await readFile(path.join(root, 'pnpm-workspace.yaml'), 'utf8').catch(() => '');
  const { packages: patterns = [] } = (parse(text) ?? {}) as { packages?: readonly string[] };
  const folders = (await Promise.all(patterns.map((pattern) => foldersOf(root, pattern)))).flat();
  const manifests = await Promise.all(folders.map(readManifest));
  return manifests.some((manifest) => manifest?.name === name);
};
