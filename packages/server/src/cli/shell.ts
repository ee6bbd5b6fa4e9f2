import type { SecretStore } from '@tth/core';
import { type Environment, readEnvironment, secretsOf } from '../app/environment.ts';
import { type Run, runProgram } from './project/package-manager.ts';
import manifest from '../../package.json' with { type: 'json' };

/** What a command may touch: the folder it is typed in, the environment, other programs and two streams. */
export interface Shell {
  readonly root: string;
  /** The version of TTH that runs. */
  readonly version: string;
  readonly env: Environment;
  readonly secrets: SecretStore;
  readonly run: Run;
  /** A line of the result, to standard output. */
  print(line: string): void;
  /** A line about what is going on, to standard error. */
  tell(line: string): void;
}

/** The shell that this process was started from. */
export const processShell = (root = process.cwd()): Shell => ({
  root,
  version: manifest.version,
  env: process.env,
  secrets: secretsOf(readEnvironment(root, process.env)),
  run: runProgram,
  print: (line) => void process.stdout.write(`${line}\n`),
  tell: (line) => void process.stderr.write(`${line}\n`),
});
