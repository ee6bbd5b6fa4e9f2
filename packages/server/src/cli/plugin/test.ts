import path from 'node:path';
import { TthError } from '@tth/core';
import { resolveModulePath } from 'exsolve';
import { readManifest } from '../project/manifest.ts';
import type { Shell } from '../shell.ts';

/** A module of a package as it is installed for a folder; `undefined` where it is not. */
const installedFor = (folder: string, name: string): string | undefined =>
  resolveModulePath(name, { from: `${folder}/`, try: true, cache: false });

/**
 * `tth plugin test`: runs the tests of a plugin in its folder with its own vitest and prints the report of the
 * conformance kit. Resolves with the exit code of the tests.
 */
export const testPlugin = async (given: string, shell: Shell): Promise<number> => {
  const folder = path.resolve(shell.root, given);
  const manifest = await readManifest(folder);
  if (manifest === undefined) {
    throw new TthError(
      'config.invalid',
      'There is no package.json in the folder; name the folder of a plugin.',
      {
        details: { folder: given },
      },
    );
  }
  const vitest = installedFor(folder, 'vitest/package.json');
  if (vitest === undefined) {
    throw new TthError(
      'config.invalid',
      'vitest is not installed there; run "npm install" in the folder first.',
      {
        details: { folder: given },
      },
    );
  }
  const report = installedFor(folder, '@tth/testkit/report');
  const reporters = report === undefined ? [] : ['--reporter=default', `--reporter=${report}`];
  shell.tell(`The promises of ${manifest.name ?? given}, by its own tests:`);
  const program = path.join(path.dirname(vitest), 'vitest.mjs');
  return shell.run(process.execPath, [program, 'run', ...reporters], folder);
};
