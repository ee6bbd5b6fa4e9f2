import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const repository = path.resolve(import.meta.dirname, '../..');

/** What somebody has who has never seen this repository: its programs and settings are not in the way. */
const strangersEnvironment = (): NodeJS.ProcessEnv => {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(?:npm_(?!config_(?:registry|.*proxy|cafile|userconfig|cache))|TTH_|NODE_|VITEST|.*_API_KEY$)/i.test(
        name,
      ),
  );
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const others = folders.filter((folder) => !folder.startsWith(repository) && !folder.includes('/_npx/'));
  return {
    ...Object.fromEntries(kept),
    PATH: others.join(path.delimiter),
    NO_COLOR: '1',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
  };
};

/** What a command printed, on both streams, and how it ended. */
export interface Done {
  readonly code: number;
  readonly output: string;
}

/** Types a command into a folder and waits for its end. `input` is what is piped into it. */
export const type = async (folder: string, command: string, input?: string): Promise<Done> => {
  const child = spawn(command, { cwd: folder, env: strangersEnvironment(), shell: true });
  child.stdin.end(input);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode ?? 1, output: `${output}${errors}` };
};

export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

const stopGroup = async (child: ChildProcess, ended: Promise<unknown>): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null) return;
  process.kill(-child.pid, 'SIGTERM');
  await ended;
};

/** Types a command that serves, and waits for the address that it prints. */
export const serve = async (folder: string, command: string): Promise<Running> => {
  const child = spawn(command, { cwd: folder, env: strangersEnvironment(), shell: true, detached: true });
  const ended = once(child, 'close');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let printed = '';
  const read = (chunk: Buffer): void => {
    printed += chunk.toString();
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
    if (url !== undefined) resolve(url);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  ended.then(() => reject(new Error(`It ended without an address: ${printed}`)), reject);
  return { url: await promise, stop: () => stopGroup(child, ended) };
};
