import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { discoverPlugins, namedPlugins } from './find-plugins.ts';

const root = path.resolve(import.meta.dirname, '../../../..');

describe('finding plugins', () => {
  it('names the dependencies of a project that carry the keyword', async () => {
    expect((await discoverPlugins(root)).toSorted()).toEqual([
      '@tth/plugin-codecs',
      '@tth/plugin-espeak',
      '@tth/plugin-local-llm',
      '@tth/plugin-puppet',
    ]);
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
