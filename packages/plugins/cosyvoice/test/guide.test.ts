import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const pages = ['docs/guides/voices-self-hosted.md', 'packages/plugins/cosyvoice/README.md'];
const blocks = pages.flatMap((page) =>
  [...readFileSync(path.join(root, page), 'utf8').matchAll(/```ts\n([^]*?)```/g)].map(
    ([, code = '']) => code,
  ),
);

type Adapters = Readonly<Record<string, { readonly adapter?: string }>>;

/** What a configuration, or a part of one, says of adapters. */
const adaptersIn = (code: string): Adapters => {
  const whole = /defineConfig\((\{[^]*?\n\})\)/.exec(code)?.[1];
  const text = (whole ?? `{${code}}`).replaceAll('import.meta.dirname', "'folder'");
  const clip = (name: string): string => path.posix.join('voices', name);
  return (runInNewContext(`(${text})`, { clip, path }) as { readonly adapters: Adapters }).adapters;
};

const ours = blocks
  .flatMap((code) => Object.entries(adaptersIn(code)))
  .filter(([id, { adapter = id }]) => adapter === 'cosyvoice')
  .map(([id, { adapter: _, ...options }]) => ({ id, options }));

describe('the guide on voices of one’s own', () => {
  it('has a configuration for each kind of server', () => {
    const servers = ours.map(({ options }) => ('server' in options ? options.server : undefined));

    expect(new Set(servers)).toEqual(new Set(['vllm-omni', 'fastapi', 'hosted']));
  });

  it.each(ours)('configures $id with options that the plugin takes', ({ options }) => {
    const [definition] = plugin.adapters!;

    expect(definition!.options.safeParse(options).error).toBeUndefined();
  });
});
