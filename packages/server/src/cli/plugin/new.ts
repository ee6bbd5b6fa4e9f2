import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TthError } from '@tth/core';
import { packageFolder, readManifest } from '../project/manifest.ts';
import type { RouteStage } from '../project/edit-config.ts';
import type { Shell } from '../shell.ts';

export interface NewOptions {
  readonly stage: RouteStage;
}

const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z][a-z0-9-]*$/;

const wordsOf = (id: string): readonly string[] => id.split('-').filter((word) => word !== '');
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** The template is a plugin of its own; these are its names and what stands in their place. */
const namesFor = (name: string): ReadonlyMap<string, string> => {
  const id = name.split('/').at(-1) ?? name;
  const words = wordsOf(id);
  const pascal = words.map(capital).join('');
  return new Map([
    ['acme-package', name],
    ['acme-plugin', id],
    ['acmePlugin', pascal.slice(0, 1).toLowerCase() + pascal.slice(1)],
    ['AcmePlugin', pascal],
    ['ACME_PLUGIN', words.join('_').toUpperCase()],
    ['Acme plugin', capital(words.join(' '))],
  ]);
};

const rename = (text: string, names: ReadonlyMap<string, string>): string =>
  text.replaceAll(/acme-package|acme-plugin|acmePlugin|AcmePlugin|ACME_PLUGIN|Acme plugin/g, (name) =>
    names.get(name)!,
  );

/** Where "npm run pack" puts a package of TTH's own workspace. */
const packedFile = (root: string, name: string, version: string): string =>
  path.join(root, 'out', 'packages', `${name.slice(1).replace('/', '-')}-${version}.tgz`);

/**
 * Where packages of TTH come from, when not from the registry: a project that takes them from files hands those on,
 * and TTH's own workspace what it packs, so that the plugin is tested with what it will run in.
 */
const localFiles = async ({ root, version }: Shell): Promise<ReadonlyMap<string, string>> => {
  const manifest = (await readManifest(root)) ?? {};
  const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  return new Map(
    all.flatMap(([name, spec]) => {
      const place = /^(?:file|link):(.+)$/.exec(spec)?.[1];
      if (!name.startsWith('@tth/')) return [];
      if (place !== undefined) return [[name, path.resolve(root, place)]];
      return spec.startsWith('workspace:') ? [[name, packedFile(root, name, version)]] : [];
    }),
  );
};

/** The manifest of a plugin that goes with this version of TTH. */
const fillManifest = (text: string, version: string, specs: ReadonlyMap<string, string>): string => {
  const manifest = JSON.parse(text) as {
    readonly devDependencies: Readonly<Record<string, string>>;
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  const released = `^${version}`;
  const fill = (dependencies: Readonly<Record<string, string>>, own: ReadonlyMap<string, string>) =>
    Object.fromEntries(
      Object.entries(dependencies).map(([name, spec]) => [
        name,
        name.startsWith('@tth/') ? (own.get(name) ?? released) : spec,
      ]),
    );
  const filled = {
    ...manifest,
    devDependencies: fill(manifest.devDependencies, specs),
    peerDependencies: fill(manifest.peerDependencies, new Map()),
  };
  return `${JSON.stringify(filled, null, 2)}\n`;
};

/** Files whose own names would mean something inside the package that carries the templates. */
const places: Readonly<Record<string, string>> = {
  'manifest.json': 'package.json',
  gitignore: '.gitignore',
  github: '.github',
};

const placeOf = (file: string): string =>
  file
    .split(path.sep)
    .map((part) => places[part] ?? part)
    .join(path.sep);

/** Files of a template by their place in the new folder. */
const templateFiles = async (stage: RouteStage): Promise<ReadonlyMap<string, string>> => {
  const templates = path.join(packageFolder(import.meta.dirname), 'templates');
  const files = new Map<string, string>();
  for (const part of ['any-plugin', `${stage}-plugin`]) {
    const folder = path.join(templates, part);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      files.set(placeOf(path.relative(folder, file)), await readFile(file, 'utf8'));
    }
  }
  return files;
};

/** `tth plugin new`: writes a plugin package that passes its tests, ready to be filled in. Resolves with the exit code. */
export const newPlugin = async (name: string, { stage }: NewOptions, shell: Shell): Promise<number> => {
  if (!packageName.test(name)) {
    throw new TthError(
      'config.invalid',
      'Expected the name of a package: lower case letters, digits and dashes, such as my-voice or @me/my-voice.',
      { details: { name } },
    );
  }
  const id = name.split('/').at(-1)!;
  const folder = path.join(shell.root, id);
  if (existsSync(folder)) {
    throw new TthError(
      'config.invalid',
      'There is a file or folder of this name already; choose another name.',
      {
        details: { folder: id },
      },
    );
  }
  const names = namesFor(name);
  const files = await localFiles(shell);
  const specs = new Map([...files].map(([each, file]) => [each, `file:${path.relative(folder, file)}`]));
  for (const [place, text] of await templateFiles(stage)) {
    const file = path.join(folder, place);
    const filled = rename(text, names);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, place === 'package.json' ? fillManifest(filled, shell.version, specs) : filled);
  }
  const isUnpacked = [...files.values()].some((file) => !existsSync(file));
  const thing = { llm: 'model', tts: 'voice', avatar: 'face' }[stage];
  const step = (command: string, what: string): string => `${command.padEnd(30)}# ${what}`;
  const steps = [
    `${id}/ is a plugin with a ${thing} of a made-up vendor. Next:`,
    ...(isUnpacked ? [step('npm run pack', 'what it is tested with')] : []),
    `cd ${id} && npm install`,
    step('npx tth plugin test', 'green from the start'),
    step(`edit src/${stage}.ts`, "your vendor's calls in place of the made-up ones"),
    `cd .. && npx tth plugin add ./${id} --use`,
  ];
  shell.print(steps.join('\n  '));
  return 0;
};
