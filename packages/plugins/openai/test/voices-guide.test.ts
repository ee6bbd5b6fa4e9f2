import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { speechFlavours } from '../src/speech-flavours.ts';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/guides/voices.md'), 'utf8');

interface Configuration {
  readonly adapters: Readonly<Record<string, { readonly adapter: string; readonly flavour?: string }>>;
}

const configured = [...guide.matchAll(/defineConfig\((\{[^]*?\n\})\)/g)].flatMap(([, text = '']) =>
  Object.entries((runInNewContext(`(${text})`) as Configuration).adapters),
);

describe('the guide on voices', () => {
  it('has a configuration for the realtime voice and for each flavour of the others', () => {
    const named = configured.map(([, { adapter, flavour = 'openai' }]) => `${adapter} ${flavour}`);

    expect(new Set(named)).toEqual(
      new Set([
        'openai-realtime openai',
        ...Object.keys(speechFlavours).map((flavour) => `openai-speech ${flavour}`),
      ]),
    );
  });

  it.each(configured)(
    'configures %s with options that the plugin takes',
    (_name, { adapter, ...options }) => {
      const definition = plugin.adapters?.find(({ id }) => id === adapter);

      expect(definition?.options.safeParse(options).error).toBeUndefined();
    },
  );
});
