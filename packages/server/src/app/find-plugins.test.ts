import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createProject, removeProjects } from '../../test/project.ts';
import { discoverPlugins, namedPlugins } from './find-plugins.ts';

afterEach(removeProjects);

const root = path.resolve(import.meta.dirname, '../../../..');

describe('finding plugins', () => {
  it('names the dependencies of a project that carry the keyword', async () => {
    const installed = (name: string, keywords: readonly string[]): [string, string] => [
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, keywords }),
    ];
    const { shell } = await createProject({
      'package.json': '{"dependencies":{"a-voice":"1","not-installed":"1","a-library":"1"}}',
      ...Object.fromEntries([
        installed('a-voice', ['tth-plugin']),
        installed('a-library', ['voice']),
        installed('a-stranger', ['tth-plugin']),
      ]),
    });

    expect(await discoverPlugins(shell.root)).toEqual(['a-voice']);
  });

  it('finds none where there is no project', async () => {
    expect(await discoverPlugins(path.join(root, 'docs'))).toEqual([]);
  });

  it('imports nothing until it is asked to', () => {
    expect(namedPlugins(root, ['@tth/plugin-missing']).map(({ name }) => name)).toEqual([
      '@tth/plugin-missing',
    ]);
  });

  it('says that a plugin is not installed, and which', async () => {
    const [source] = namedPlugins(root, ['@tth/plugin-missing']);

    await expect(source!.load()).rejects.toMatchObject({
      code: 'plugin.invalid',
      details: { plugin: '@tth/plugin-missing' },
    });
  });
});
