import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly keywords?: readonly string[];
  readonly files?: readonly string[];
  readonly type?: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly publishConfig?: {
    readonly bin?: Readonly<Record<string, string>>;
    readonly exports?: Readonly<Record<string, unknown>>;
  };
  readonly engines?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const foldersIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.posix.join(folder, entry.name));

const packages = [...foldersIn('packages'), ...foldersIn('packages/plugins')]
  .filter((folder) => existsSync(path.join(root, folder, 'package.json')))
  .map((folder): { folder: string; manifest: Manifest } => ({
    folder,
    manifest: JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as Manifest,
  }))
  .filter(({ manifest }) => manifest.private !== true);

/** Every address in the exports of a package. */
const addressesOf = (exports: unknown): string[] =>
  typeof exports === 'string' ? [exports] : Object.values(exports ?? {}).flatMap(addressesOf);

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;

describe.each(packages.map(({ folder, manifest }) => ({ ...manifest, folder, manifest })))(
  'the published package $name',
  ({ folder, manifest, name }) => {
    it('says what it is, under which licence and for which Node.js, and has a README', () => {
      expect(manifest).toMatchObject({
        version,
        type: 'module',
        description: expect.stringMatching(/\w{3}/),
        license: expect.stringMatching(/^(?:Apache-2\.0|GPL-3\.0-or-later)$/),
        engines: { node: expect.stringMatching(/^>=/) },
        scripts: { build: expect.any(String) },
      });
      expect(existsSync(path.join(root, folder, 'README.md'))).toBe(true);
    });

    it('is published as JavaScript, at the same doors as in the workspace', () => {
      const { exports = {}, publishConfig = {}, bin = {}, files = [] } = manifest;
      const published = { ...exports, ...publishConfig.exports };

      expect(files).toContain('dist');
      expect(Object.keys(published)).toEqual(Object.keys(exports));
      for (const address of [...addressesOf(published), ...Object.values(publishConfig.bin ?? {})]) {
        expect(address).toMatch(/^\.\/(?:dist\/.*\.(?:d\.ts|js)|package\.json)$/);
      }
      expect(Object.keys(publishConfig.bin ?? {})).toEqual(Object.keys(bin));
    });

    it.runIf(folder.startsWith('packages/plugins/'))('is found by its keyword as a plugin', () => {
      expect(name).toMatch(/^@tth\/plugin-/);
      expect(manifest.keywords).toContain('tth-plugin');
    });

    it('depends on packages of TTH that are published too', () => {
      const ours = Object.keys(manifest.dependencies ?? {}).filter((each) => each.startsWith('@tth/'));
      const published = packages.map((each) => each.manifest.name);

      expect(ours.filter((each) => !published.includes(each))).toEqual([]);
    });
  },
);
