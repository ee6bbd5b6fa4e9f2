import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { discoverPlugins, namedPlugins } from './find-plugins.ts';

const root = path.resolve(import.meta.dirname, '../../../..');

describe('finding plugins', () => {
  it('names the dependencies of a project that carry the keyword, and no others', async () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const plugins = Object.keys(dependencies).filter((name) => name.startsWith('@tth/plugin-'));

    const found = await discoverPlugins(root);

    expect(plugins).toContain('@tth/plugin-local-llm');
    expect(found.toSorted()).toEqual(plugins.toSorted());
    expect(Object.keys(dependencies).length).toBeGreaterThan(found.length);
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
