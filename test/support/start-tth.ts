import path from 'node:path';
import { type PluginSource, type Policies, defaultPolicies } from '@tth/core';
import { type Server, type TthConfig, createLogger, createServer, loadSettings } from '@tth/server';
import { type WireClient, type WireOptions, connectWire } from './wire-client.ts';

export const root = path.resolve(import.meta.dirname, '../..');

/** Longer than any test. */
const longMs = 600_000;

/**
 * Nobody comes back, and a client that says little is neither paused nor lost: those of tests say what the test is about
 * and nothing else, however long a turn takes on a busy machine.
 */
export const testPolicies = {
  resumeWindowMs: 0,
  silentClientMs: longMs,
  lostClientMs: longMs,
} satisfies Partial<Policies>;

/**
 * For the project's own voice and face, beside a browser, other tests and other programs: what is slow because of them is
 * not given up, is not asked for less, and is sent however late it is.
 */
export const patience = {
  tts: { firstItemMs: longMs, idleMs: longMs },
  avatar: { firstItemMs: longMs, idleMs: longMs },
  drift: { ...defaultPolicies.drift, behindForMs: longMs },
  link: { ...defaultPolicies.link, pressedForMs: longMs },
  pictureLateMs: longMs,
} satisfies Partial<Policies>;

export interface TestServer extends Server {
  connect(options?: WireOptions): Promise<WireClient>;
}

/** A real server on a free port of this machine: the project's own plugins, with `patience`, or the given ones. */
export const startTth = async (
  options: {
    plugins?: readonly PluginSource[];
    /** Options by adapter id. */
    adapters?: Readonly<Record<string, unknown>>;
    routes?: NonNullable<TthConfig['routes']>;
    policies?: Partial<Policies>;
    static?: string;
  } = {},
): Promise<TestServer> => {
  const { routes: given } = options;
  const own = options.plugins === undefined ? {} : { routes: {} };
  const routes = given === undefined ? own : { routes: given };
  const settings = await loadSettings(
    root,
    {},
    {
      port: 0,
      logLevel: 'silent',
      ...routes,
      ...(options.adapters !== undefined && { adapters: options.adapters }),
      ...(options.static !== undefined && { static: options.static }),
    },
  );
  const policies = { ...testPolicies, ...(options.plugins === undefined && patience), ...options.policies };
  const server = await createServer({ ...settings, policies }, createLogger('silent'), options.plugins);
  return { ...server, connect: (wire) => connectWire(server.url, wire) };
};
