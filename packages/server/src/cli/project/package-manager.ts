import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { TthError } from '@tth/core';
import { resolveCommand } from 'package-manager-detector/commands';
import { detect } from 'package-manager-detector/detect';

/** Runs a program in a folder until it ends; what it prints goes to standard error. Resolves with its exit code, 127 where there is no such program. */
export type Run = (command: string, args: readonly string[], cwd: string) => Promise<number>;

const noSuchProgram = 127;
/** Those that npm can fetch where they are not installed, and as which version. */
const fetched: Readonly<Record<string, string>> = { pnpm: 'pnpm@12.21.0' };

export const runProgram: Run = (command, args, cwd) => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32',
  });
  child.once('error', () => resolve(noSuchProgram));
  child.once('exit', (code) => resolve(code ?? 1));
  return promise;
};

/** The package manager of a project, by its lock file, its `packageManager` field or what it installed; npm by default. */
export interface PackageManager {
  readonly name: string;
  /** How somebody types it, for messages. */
  command(action: Action, names: readonly string[]): string;
  /** Throws `config.invalid` with the command to type, where it fails. */
  run(action: Action, names: readonly string[]): Promise<void>;
}
type Action = 'add' | 'uninstall' | 'install' | 'run';

/** A workspace's own root takes packages only when told that this is meant. */
const rootFlags = (name: string, root: string, action: Action): readonly string[] => {
  const isWorkspace = name === 'pnpm' && existsSync(path.join(root, 'pnpm-workspace.yaml'));
  return isWorkspace && action === 'add' ? ['--workspace-root'] : [];
};

export const findPackageManager = async (root: string, run: Run): Promise<PackageManager> => {
  const found = await detect({ cwd: root });
  const agent = found?.agent ?? 'npm';
  const name = found?.name ?? 'npm';
  const resolve = (action: Action, names: readonly string[]): readonly [string, readonly string[]] => {
    const given = [...rootFlags(name, root, action), ...names];
    const { command, args } = resolveCommand(agent, action, given) ?? {
      command: name,
      args: [action, ...given],
    };
    return [command, args];
  };
  const command = (action: Action, names: readonly string[]): string => {
    const [program, args] = resolve(action, names);
    return [program, ...args].join(' ');
  };
  return {
    name,
    command,
    run: async (action, names) => {
      const [program, args] = resolve(action, names);
      let code = await run(program, args, root);
      if (code === noSuchProgram && program !== 'npm') {
        code = await run('npx', ['--yes', fetched[program] ?? program, ...args], root);
      }
      if (code === 0) return;
      throw new TthError('config.invalid', 'The package manager did not succeed; what it printed says why.', {
        details: { command: command(action, names), exitCode: code },
      });
    },
  };
};
