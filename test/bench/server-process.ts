import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { CpuAnswer, MemoryAnswer, Question } from './child.ts';

/** A server in a process of its own. */
export interface ServerProcess {
  /** Such as `ws://127.0.0.1:12345/v1/stream`. */
  readonly url: string;
  /** Processor time used so far. */
  cpuMs(): Promise<number>;
  memory(): Promise<MemoryAnswer>;
  stop(): Promise<void>;
}

const files = {
  tth: 'tth-server.ts',
  floor: 'floor.ts',
  bare: 'bare.ts',
  'slow-reader': '../slow-reader/server.ts',
} as const;
export type ServerName = keyof typeof files;

/** Code that is compiled while a server runs would look like memory that it holds. */
const flags: { readonly [Name in ServerName]?: readonly string[] } = {
  'slow-reader': ['--no-opt', '--no-maglev', '--no-sparkplug', '--no-flush-bytecode'],
};

/** `args`: what the server's file reads from its command line. */
export const startServer = async (name: ServerName, args: readonly string[] = []): Promise<ServerProcess> => {
  const child = fork(path.join(import.meta.dirname, files[name]), args, {
    env: { ...process.env, VENDOR_KEY: 'none' },
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning', ...(flags[name] ?? [])],
  });
  const ended = once(child, 'exit');
  const answer = async <Answer>(): Promise<Answer> => {
    const [message] = (await Promise.race([
      once(child, 'message'),
      ended.then(() => Promise.reject(new Error(`the ${name} server ended by itself`))),
    ])) as [Answer];
    return message;
  };
  const ask = <Answer>(question: Question): Promise<Answer> => {
    const answered = answer<Answer>();
    child.send(question);
    return answered;
  };
  const { port } = await answer<{ port: number }>();
  return {
    url: `ws://127.0.0.1:${port}/v1/stream`,
    cpuMs: async () => (await ask<CpuAnswer>('cpu')).cpuMs,
    memory: () => ask<MemoryAnswer>('memory'),
    stop: async () => {
      child.send('stop' satisfies Question);
      await ended;
    },
  };
};

/** Runs `task` with a server of each name, and stops them afterwards. */
export const withServers = async <const Names extends readonly ServerName[], Result>(
  names: Names,
  task: (servers: { readonly [Index in keyof Names]: ServerProcess }) => Promise<Result>,
): Promise<Result> => {
  const servers = await Promise.all(names.map((name) => startServer(name)));
  try {
    return await task(servers as unknown as { readonly [Index in keyof Names]: ServerProcess });
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
};
