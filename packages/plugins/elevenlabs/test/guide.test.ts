import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { feelings } from '../src/controls.ts';
import { vendorErrors } from '../src/errors.ts';
import { elevenLabsOptions } from '../src/options.ts';

const folder = path.resolve(import.meta.dirname, '..');
const guide = readFileSync(path.resolve(folder, '../../../docs/guides/voices-elevenlabs.md'), 'utf8');
const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');

const cellsOf = (page: string, firstCell: string): string[] => {
  const row = page.split('\n').find((line) => line.startsWith(`| ${firstCell} `)) ?? '';
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
};

interface Configuration {
  readonly adapters?: Readonly<Record<string, { readonly adapter?: string }>>;
}

/** The adapters of every configuration on the page. */
const configured = [...guide.matchAll(/defineConfig\((\{[^]*?\n\})\)/g)].flatMap(([, text = '']) =>
  Object.entries((runInNewContext(`(${text})`) as Configuration).adapters ?? {}),
);

describe('what the pages say of ElevenLabs', () => {
  it.each(Object.entries<{ stability: number; style: number; tag?: string; strong?: string }>(feelings))(
    'is the table of feelings: %s',
    (label, { stability, style, tag, strong = tag }) => {
      const tagged = (text: string | undefined): string => (text === undefined ? '' : `\`${text}\``);

      expect(cellsOf(guide, label)).toEqual([label, `${stability}`, `${style}`, tagged(tag), tagged(strong)]);
    },
  );

  it('names every option', () => {
    const named = Object.keys(elevenLabsOptions.shape).filter(
      (name) => cellsOf(readme, `\`${name}\``).length === 3,
    );

    expect(named).toEqual(Object.keys(elevenLabsOptions.shape));
  });

  it('names what ElevenLabs calls its errors', () => {
    const unnamed = Object.keys(vendorErrors).filter((name) => !guide.includes(`\`${name}`));

    expect(unnamed).toEqual([]);
  });

  it('configures what can be started', () => {
    const problems = configured.map(
      ([, { adapter: _, ...options }]) => elevenLabsOptions.safeParse(options).error,
    );

    expect(problems).toEqual([undefined, undefined, undefined, undefined]);
  });
});
