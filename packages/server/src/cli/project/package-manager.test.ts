import { afterEach, describe, expect, it } from 'vitest';
import { createProject, removeProjects } from '../../../test/project.ts';
import { findPackageManager } from './package-manager.ts';

afterEach(removeProjects);

describe('the package manager of a project', () => {
  it.each([
    ['package-lock.json', '{}', 'npm i acme', 'npm uninstall acme'],
    ['pnpm-lock.yaml', '', 'pnpm add acme', 'pnpm remove acme'],
    ['yarn.lock', '', 'yarn add acme', 'yarn remove acme'],
    ['bun.lock', '{}', 'bun add acme', 'bun remove acme'],
  ])('is known by %s', async (file, text, add, remove) => {
    const project = await createProject({ [file]: text });

    const manager = await findPackageManager(project.shell.root, project.shell.run);

    expect(manager.command('add', ['acme'])).toBe(add);
    expect(manager.command('uninstall', ['acme'])).toBe(remove);
  });

  it('is known by what package.json says', async () => {
    const project = await createProject({ 'package.json': '{"name":"app","packageManager":"pnpm@12.21.0"}' });

    expect((await findPackageManager(project.shell.root, project.shell.run)).name).toBe('pnpm');
  });

  it('is npm where nothing says so', async () => {
    const project = await createProject();

    expect((await findPackageManager(project.shell.root, project.shell.run)).name).toBe('npm');
  });

  it('says to pnpm that the root of a workspace is meant', async () => {
    const project = await createProject({ 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': 'packages: []' });

    const manager = await findPackageManager(project.shell.root, project.shell.run);

    expect(manager.command('add', ['acme'])).toBe('pnpm add --workspace-root acme');
  });

  it('comes from the registry where it is not on this machine', async () => {
    const { shell } = await createProject({ 'pnpm-lock.yaml': '' });
    const ran: string[] = [];
    const run = async (command: string, args: readonly string[]): Promise<number> => {
      ran.push([command, ...args].join(' '));
      return command === 'pnpm' ? 127 : 0;
    };

    await (await findPackageManager(shell.root, run)).run('add', ['acme']);

    expect(ran).toEqual(['pnpm add acme', 'npx --yes pnpm@12.21.0 add acme']);
  });

  it('says what to type where it fails', async () => {
    const { shell } = await createProject();
    const manager = await findPackageManager(shell.root, async () => 1);

    await expect(manager.run('add', ['acme'])).rejects.toMatchObject({
      code: 'config.invalid',
      details: { command: 'npm i acme', exitCode: 1 },
    });
  });
});
