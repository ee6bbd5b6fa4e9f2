import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { createEngine } from '@tth/core';
import { type TthConfig, loadSettings } from '@tth/server';
import { describe, expect, it } from 'vitest';

const configOf = (guide: string): TthConfig => {
  const text = readFileSync(path.resolve(import.meta.dirname, '../docs/guides', guide), 'utf8');
  const [, config] = /defineConfig\((\{[^]*?\n\})\)/.exec(text)!;
  return runInNewContext(`(${config})`) as TthConfig;
};

describe.each(['api-only.md', 'hybrid.md'])('the configuration of the guide %s', (guide) => {
  it('starts every provider that it names', async () => {
    const { plugins = [], adapters, routes } = await loadSettings(tmpdir(), {}, configOf(guide));

    const engine = await createEngine({
      plugins: plugins.map((name) => ({ name, load: () => import(name) as Promise<unknown> })),
      adapterOptions: adapters,
      routes,
      secrets: { reveal: ({ secret }) => `the ${secret} of a test` },
    });
    const started = engine.adapters().map(({ id }) => id);
    await engine.close();

    const named = Object.values(routes).flatMap((entries = []) =>
      entries.map((entry) => (typeof entry === 'string' ? entry : entry.id)),
    );
    expect(engine.failures).toEqual([]);
    expect(started).toEqual(expect.arrayContaining([...named, ...Object.keys(adapters)]));
  });
});
