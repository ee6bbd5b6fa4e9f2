import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createProject, removeProjects } from '../../../test/project.ts';
import { routeStages } from '../project/edit-config.ts';
import { newPlugin } from './new.ts';

afterEach(removeProjects);

const filesOf = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .toSorted();

interface Manifest {
  readonly name: string;
  readonly keywords: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

describe('tth plugin new', () => {
  it.each(routeStages)('writes a whole package with a %s', async (stage) => {
    const project = await createProject();

    expect(await newPlugin('@me/loud-parrot', { stage }, project.shell)).toBe(0);

    const files = await filesOf(project.path('loud-parrot'));
    expect(files).toEqual(
      expect.arrayContaining([
        '.github/workflows/test.yml',
        '.gitignore',
        'README.md',
        'package.json',
        'src/index.ts',
        `src/${stage}.ts`,
        'test/conformance.test.ts',
        'test/fake-vendor.ts',
        'tsconfig.json',
      ]),
    );
    const texts = await Promise.all(files.map((file) => project.read(`loud-parrot/${file}`)));
    expect(texts.join('\n')).not.toMatch(/acme/i);
    expect(await project.read(`loud-parrot/src/${stage}.ts`)).toMatch(
      /export const loudParrot = [^]*'loud-parrot'[^]*'LOUD_PARROT_KEY'/,
    );
    expect(await project.read('loud-parrot/src/index.ts')).toContain("name: '@me/loud-parrot'");
  });

  it('asks for the TTH that made it and for tools of the versions that TTH itself is tested with', async () => {
    const project = await createProject();
    await newPlugin('parrot', { stage: 'tts' }, project.shell);

    const manifest = JSON.parse(await project.read('parrot/package.json')) as Manifest;

    const workspace = await readFile(
      path.resolve(import.meta.dirname, '../../../../../pnpm-workspace.yaml'),
      'utf8',
    );
    const pinned = (name: string): string | undefined =>
      new RegExp(`^  ${name}: (.+)$`, 'm').exec(workspace)?.[1];
    expect(manifest).toMatchObject({
      name: 'parrot',
      keywords: ['tth-plugin'],
      dependencies: { zod: `^${pinned('zod')}` },
      peerDependencies: { '@tth/core': '^0.1.0' },
      devDependencies: {
        '@tth/core': '^0.1.0',
        '@tth/testkit': '^0.1.0',
        typescript: pinned('typescript'),
        vitest: pinned('vitest'),
      },
    });
  });

  it('takes TTH from where the project takes it, when that is a file', async () => {
    const project = await createProject({
      'package.json': '{"name":"app","dependencies":{"@tth/core":"file:packed/core.tgz"}}',
    });
    await newPlugin('parrot', { stage: 'llm' }, project.shell);

    const manifest = JSON.parse(await project.read('parrot/package.json')) as Manifest;

    expect(manifest.devDependencies['@tth/core']).toBe('file:../packed/core.tgz');
    expect(manifest.peerDependencies['@tth/core']).toBe('^0.1.0');
  });

  it('takes what the workspace of TTH packs, and says that it has to be packed first', async () => {
    const project = await createProject({
      'package.json': '{"name":"tth-root","devDependencies":{"@tth/testkit":"workspace:*"}}',
    });
    await newPlugin('parrot', { stage: 'llm' }, project.shell);

    const manifest = JSON.parse(await project.read('parrot/package.json')) as Manifest;

    expect(manifest.devDependencies['@tth/testkit']).toBe('file:../out/packages/tth-testkit-0.1.0.tgz');
    expect(project.out.join('')).toContain('npm run pack');
  });

  it.each(['Parrot', '1st', 'a b', '../parrot', '@me/', ''])('refuses the name %j', async (name) => {
    const project = await createProject();

    await expect(newPlugin(name, { stage: 'tts' }, project.shell)).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });

  it('touches nothing that is there', async () => {
    const project = await createProject({ 'parrot/notes.txt': 'mine' });

    await expect(newPlugin('parrot', { stage: 'tts' }, project.shell)).rejects.toMatchObject({
      code: 'config.invalid',
    });
    expect(await filesOf(project.path('parrot'))).toEqual(['notes.txt']);
  });
});
