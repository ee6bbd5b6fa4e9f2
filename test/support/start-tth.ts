import path from 'node:path';
import type { PluginSource, Policies } from '@tth/core';
import { type Server, type TthConfig, createLogger, createServer, loadSettings } from '@tth/server';
import { type WireClient, type WireOptions, connectWire } from './wire-client.ts';

export const root = path.resolve(import.meta.dirname, '../..');

export interface TestServer extends Server {
  connect(options?: WireOptions): Promise<WireClient>;
}

/** A real server on a free port of this machine: the project's own plugins, or the given ones. */
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
  const server = await createServer(
    { ...settings, policies: { resumeWindowMs: 0, ...options.policies } },
    createLogger('silent'),
    options.plugins,
  );
  return { ...server, connect: (wire) => connectWire(server.url, wire) };
};
