import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { secretsOf } from '../src/app/environment.ts';
import type { Run } from '../src/cli/project/package-manager.ts';
import type { Shell } from '../src/cli/shell.ts';

/** A project in a folder of its own, with a package manager that installs folders and writes down what it is told. */
export interface TestProject {
  readonly shell: Shell;
  /** What was printed, and told, so far. */
  readonly out: readonly string[];
  readonly told: readonly string[];
  /** Commands that were run, as somebody would type them. */
  readonly commands: readonly string[];
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  readonly path: (file: string) => string;
}

const packages = path.resolve(import.meta.dirname, '../..');

/** Packages that plugins of a test import. */
const links: Readonly<Record<string, string>> = {
  '@tth/core': path.join(packages, 'core'),
  zod: path.join(packages, 'server', 'node_modules', 'zod'),
};

/** All that a configuration imports of the server. */
const configPackage = {
  'node_modules/@tth/server/package.json': '{"name":"@tth/server","version":"0.1.0","exports":"./index.mjs"}',
  'node_modules/@tth/server/index.mjs': 'export const defineConfig = (config) => config;',
};

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
}

/** Does to a project what npm does when a folder is added or a package taken out. */
const install: Run = async (_command, [action, ...names], cwd) => {
  const file = path.join(cwd, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest;
  manifest.dependencies ??= {};
  for (const name of names) {
    if (action === 'uninstall' || action === 'remove') {
      delete manifest.dependencies[name];
      await rm(path.join(cwd, 'node_modules', name), { force: true });
      continue;
    }
    if (!existsSync(name)) return 1;
    const own = JSON.parse(await readFile(path.join(name, 'package.json'), 'utf8')) as Manifest;
    manifest.dependencies[own.name] = `file:${path.relative(cwd, name)}`;
    const place = path.join(cwd, 'node_modules', own.name);
    await mkdir(path.dirname(place), { recursive: true });
    if (!existsSync(place)) await symlink(name, place);
  }
  await writeFile(file, JSON.stringify(manifest));
  return 0;
};

const folders: string[] = [];

/** Takes every project of the test away. */
export const removeProjects = async (): Promise<void> => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
};

export const createProject = async (
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<TestProject> => {
  const root = await mkdtemp(path.join(tmpdir(), 'tth-project-'));
  folders.push(root);
  const out: string[] = [];
  const told: string[] = [];
  const commands: string[] = [];
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  };
  await mkdir(path.join(root, 'node_modules', '@tth'), { recursive: true });
  for (const [name, place] of Object.entries(links))
    await symlink(place, path.join(root, 'node_modules', name));
  const all = { 'package.json': '{"name":"app","type":"module"}', ...configPackage, ...files };
  for (const [file, text] of Object.entries(all)) await write(file, text);
  return {
    shell: {
      root,
      version: '0.1.0',
      env,
      secrets: secretsOf(env),
      run: (command, args, cwd) => {
        commands.push([command, ...args].join(' ').replaceAll(`${root}/`, ''));
        return install(command, args, cwd);
      },
      print: (line) => void out.push(line),
      tell: (line) => void told.push(line),
    },
    out,
    told,
    commands,
    write,
    read: (file) => readFile(path.join(root, file), 'utf8'),
    path: (file) => path.join(root, file),
  };
};

/** A plugin package of one voice, as files of a project. `more` is code inside the definition. */
export const voiceFiles = (
  name: string,
  { id = name, options = '', more = '', keywords = ['tth-plugin'], license = 'MIT' } = {},
): Readonly<Record<string, string>> => ({
  [`${name}/package.json`]: JSON.stringify({
    name,
    version: '1.2.3',
    license,
    keywords,
    type: 'module',
    exports: { import: './index.js' },
  }),
  [`${name}/index.js`]: `
import { apiVersion, defineTts, definePlugin, secretRef } from '@tth/core/plugin';
import * as z from 'zod';

const voice = defineTts({
  id: '${id}',
  options: z.strictObject({ ${options} }),
  capabilities: {
    stage: 'tts', input: 'sentence', timings: { words: 'none', phonemes: 'none' }, pausable: true,
    languages: [], voices: ['ann'], controls: { emotions: [], rate: { min: 0.5, max: 2 } },
  },
  create: (options, { secrets }) => {
    if (options.apiKey) secrets.reveal(options.apiKey);
    return { async *inferStream() {}, health: async () => ({ status: 'ok' }) };
  },
  ${more}
});
export default definePlugin({ name: '${name}', apiVersion, adapters: [voice] });
`,
});
