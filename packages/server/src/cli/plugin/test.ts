import path from 'node:path';
import { TthError } from '@tth/core';
import { resolveModulePath } from 'exsolve';
import { readManifest } from '../project/manifest.ts';
import type { Shell } from '../shell.ts';

/** `tth plugin test`: runs the tests of a plugin in its folder, conformance among them. Resolves with their exit code. */
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
  const vitest = resolveModulePath('vitest/package.json', { from: `${folder}/`, try: true, cache: false });
  if (vitest === undefined) {
    throw new TthError(
      'config.invalid',
      'vitest is not installed there; run "npm install" in the folder first.',
      {
        details: { folder: given },
      },
    );
  }
  shell.tell(`The promises of ${manifest.name ?? given}, by its own tests:`);
  return shell.run(process.execPath, [path.join(path.dirname(vitest), 'vitest.mjs'), 'run'], folder);
};
