import { execFile } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { root } from './start-tth.ts';

const main = path.join(root, 'packages/server/src/main.ts');

export interface Outcome {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A `tth` that runs: lines can be typed into it. */
export interface RunningTth {
  type(line: string): void;
  endInput(): void;
  /** Resolves when something was written to standard output. */
  readonly begun: Promise<unknown>;
  /** As Ctrl+C does. */
  interrupt(): void;
  readonly done: Promise<Outcome>;
}

/** Starts `tth` with the pinned Node, as `npm run tth` does; in the project's folder where no other is named. */
export const startCommand = (args: readonly string[], { cwd = root } = {}): RunningTth => {
  const { promise: done, resolve } = Promise.withResolvers<Outcome>();
  const child = execFile(
    process.execPath,
    [main, ...args],
    { cwd, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
    (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr: stderr.toString() }),
  );
  return {
    type: (line) => void child.stdin?.write(`${line}\n`),
    endInput: () => void child.stdin?.end(),
    begun: once(child.stdout!, 'data'),
    interrupt: () => void child.kill('SIGINT'),
    done,
  };
};
