import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { flavourNames } from '../src/flavours.ts';
import plugin from '../src/index.ts';

const guide = readFileSync(
  path.resolve(import.meta.dirname, '../../../../docs/guides/language-models.md'),
  'utf8',
);

interface Configuration {
  readonly adapters: Readonly<Record<string, { readonly adapter: string }>>;
}

const configured = [...guide.matchAll(/defineConfig\((\{[^]*?\n\})\)/g)].flatMap(([, text = '']) =>
  Object.entries((runInNewContext(`(${text})`) as Configuration).adapters),
);

describe('the guide on language models', () => {
  it('has a configuration for each flavour', () => {
    const flavours = configured.map(([, options]) => ('flavour' in options ? options.flavour : 'openai'));

    expect([...new Set(flavours)]).toEqual(flavourNames);
  });

  it.each(configured)(
    'configures %s with options that the plugin takes',
    (_name, { adapter, ...options }) => {
      const definition = plugin.adapters?.find(({ id }) => id === adapter);

      expect(definition?.options.safeParse(options).error).toBeUndefined();
    },
  );
});
