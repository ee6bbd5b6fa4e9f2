import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

interface SourceFile {
  /** From the project's root, with slashes. */
  readonly file: string;
  readonly imports: readonly string[];
}

const importPattern =
  /^\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** Module names in a source text, static and dynamic, types included. */
const importsOf = (text: string): string[] =>
  [...text.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');

const readSources = async (): Promise<SourceFile[]> => {
  const entries = await readdir(path.join(root, 'packages'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|tsx|js)$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter(
      (file) => !/node_modules|\/dist\//.test(file) && /\/src\//.test(file) && !/\.test\.tsx?$/.test(file),
    )
    .map((file) => ({ file, imports: importsOf(readFileSync(path.join(root, file), 'utf8')) }));
};

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const isForeign = (specifier: string): boolean =>
  !specifier.startsWith('.') && !specifier.startsWith('node:');

/** What the code of each package may import besides its own files. `node:` is allowed where it says so. */
const allowed: Readonly<Record<string, { readonly packages: readonly string[]; readonly node: boolean }>> = {
  protocol: { packages: ['zod'], node: false },
  core: { packages: ['xstate', 'rxjs', 'zod', 'tsyringe', 'reflect-metadata', 'ws'], node: false },
  face: { packages: [], node: false },
  client: { packages: ['@tth/protocol', '@tth/face', 'xstate'], node: false },
  inspector: {
    packages: ['@tth/protocol', '@tth/face', '@tth/client', 'react', 'react-dom'],
    node: false,
  },
  server: {
    packages: [
      '@tth/core',
      '@tth/protocol',
      'uWebSockets.js',
      'zod',
      'pino',
      'c12',
      'commander',
      '@commander-js/extra-typings',
      'mediabunny',
      'yaml',
      '@babel/parser',
      'exsolve',
      'package-manager-detector',
    ],
    node: true,
  },
  'create-tth': { packages: [], node: true },
  testkit: { packages: ['@tth/core', 'zod', 'vitest'], node: true },
  'plugins/local-llm': { packages: ['@tth/core', 'zod'], node: false },
  'plugins/espeak': { packages: ['@tth/core', 'zod', '@echogarden/espeak-ng-emscripten'], node: true },
  'plugins/openai': { packages: ['@tth/core', 'zod', 'openai'], node: false },
  'plugins/cosyvoice': { packages: ['@tth/core', 'zod'], node: true },
  'plugins/glm-tts': { packages: ['@tth/core', 'zod'], node: true },
  'plugins/puppet': { packages: ['@tth/core', '@tth/face', 'zod', '@napi-rs/canvas'], node: true },
  'plugins/elevenlabs': { packages: ['@tth/core', 'zod'], node: false },
  'plugins/codecs': { packages: ['@tth/core', 'zod', '@napi-rs/webcodecs'], node: true },
};

/** Folders of the engine; each may import those before it and itself. */
const coreOrder: readonly (readonly string[])[] = [
  ['domain'],
  ['control', 'alignment', 'machines', 'plugin', 'sessions'],
  ['routing'],
  ['pipeline'],
  ['inspect'],
  ['runtime'],
];

/** What one folder needs of a neighbour of the same rank, and why. */
const coreExceptions: Readonly<Record<string, readonly string[]>> = {
  control: ['plugin'], // the request types that controls are fitted to
  sessions: ['plugin'], // the port that it implements
};

const packageOf = (file: string): string => {
  const parts = file.split('/');
  return parts[1] === 'plugins' ? `plugins/${parts[2]}` : (parts[1] ?? '');
};

const violations = (
  sources: readonly SourceFile[],
  judge: (source: SourceFile, specifier: string) => boolean,
): string[] =>
  sources.flatMap((source) =>
    source.imports
      .filter((specifier) => judge(source, specifier))
      .map((specifier) => `${source.file} -> ${specifier}`),
  );

describe('architecture', () => {
  let sources: SourceFile[] = [];
  beforeAll(async () => {
    sources = await readSources();
  });

  it('has rules for every package and reads every package', () => {
    expect([...new Set(sources.map(({ file }) => packageOf(file)))].toSorted()).toEqual(
      Object.keys(allowed).toSorted(),
    );
    expect(sources.length).toBeGreaterThan(100);
  });

  it('lets a package import only what its row allows', () => {
    const broken = violations(sources, ({ file }, specifier) => {
      const rule = allowed[packageOf(file)];
      if (rule === undefined) return true;
      if (specifier.startsWith('node:')) return !rule.node;
      return isForeign(specifier) && !rule.packages.includes(packageName(specifier));
    });

    expect(broken).toEqual([]);
  });

  it('keeps relative imports inside their package', () => {
    const broken = violations(sources, ({ file }, specifier) => {
      if (!specifier.startsWith('.')) return false;
      const target = path.posix.join(path.posix.dirname(file), specifier.replace(/\?.*$/, ''));
      return !target.startsWith(`packages/${packageOf(file)}/`);
    });

    expect(broken).toEqual([]);
  });

  it('gives plugins the plugin door of the engine and nothing else of it', () => {
    const broken = violations(
      sources.filter(({ file }) => file.startsWith('packages/plugins/')),
      (_source, specifier) => specifier.startsWith('@tth/core') && specifier !== '@tth/core/plugin',
    );

    expect(broken).toEqual([]);
  });

  it('imports tsyringe in the runtime of the engine alone, and each socket library in one file', () => {
    const users = (name: string) =>
      sources.filter(({ imports }) => imports.includes(name)).map(({ file }) => file);
    const folders = new Set(users('tsyringe').map((file) => path.posix.dirname(file)));

    expect(folders).toEqual(new Set(['packages/core/src/runtime']));
    expect(users('uWebSockets.js')).toEqual(['packages/server/src/gateway/listen.ts']);
    expect(users('ws')).toEqual(['packages/core/src/plugin/socket.ts']);
  });

  it('points every arrow inside the engine one way', () => {
    const rank = (folder: string): number => coreOrder.findIndex((folders) => folders.includes(folder));
    const broken = violations(
      sources.filter(({ file }) => /^packages\/core\/src\/[a-z]+\//.test(file)),
      ({ file }, specifier) => {
        if (!specifier.startsWith('.')) return false;
        const from = file.split('/')[3] ?? '';
        const to = path.posix.join(path.posix.dirname(file), specifier).split('/')[3] ?? '';
        if (from === to || coreExceptions[from]?.includes(to) === true) return false;
        if (from === 'inspect') return !['domain', 'machines'].includes(to);
        if (from === 'machines') return to !== 'domain';
        return rank(to) === -1 || rank(to) >= rank(from);
      },
    );

    expect(broken).toEqual([]);
  });

  it('keeps the environment and the console out of the engine', () => {
    const engine = sources.filter(({ file }) => /^packages\/(core|protocol|face)\//.test(file));
    const users = engine.filter(({ file }) =>
      /\bprocess\.|\bconsole\.|Math\.random\(|(?<!\w)Date\.now\(/.test(
        readFileSync(path.join(root, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*$/gm, ''),
      ),
    );

    expect(users.map(({ file }) => file)).toEqual(['packages/core/src/domain/time.ts']);
  });

  it('lets only the private root and the examples depend on what is GPL', () => {
    const gpl = ['@tth/plugin-espeak', '@tth/plugin-codecs'];
    const manifests = Object.keys(allowed).map((name) => `packages/${name}/package.json`);
    const dependents = manifests.filter((file) => {
      const manifest = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Record<
        string,
        object | undefined
      >;
      return gpl.some((name) => name in { ...manifest['dependencies'], ...manifest['optionalDependencies'] });
    });

    expect(dependents).toEqual([]);
  });
});
