import { type Engine, type Log, type PluginSource, TthError, systemClock } from '@tth/core';
import { closeCodes, subprotocol } from '@tth/protocol';
import { createCommandRouter } from '../gateway/command-router.ts';
import type { HttpReply, UpgradeRequest, UpgradeVerdict } from '../gateway/connection.ts';
import { toHttpReply } from '../gateway/error-mapper.ts';
import { type Listener, listen } from '../gateway/listen.ts';
import { isOwnOrigin } from '../gateway/origin.ts';
import { createRoutes } from '../gateway/routes.ts';
import { type StaticFiles, readStaticFiles } from '../gateway/static-files.ts';
import { createStreamHub } from '../gateway/stream-hub.ts';
import { maxInspectors, serveInspector } from '../observability/inspect-feed.ts';
import { createOpusEncoders } from '../sound/opus-encoders.ts';
import { composeEngine } from './compose.ts';
import type { Settings } from './config.ts';
import { findWebPages } from './find-plugins.ts';
import { watchPersonas } from './persona-files.ts';
import manifest from '../../package.json' with { type: 'json' };

const { version } = manifest;

export interface Server {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  readonly engine: Engine;
  /** Resolves when every adapter is warm. */
  readonly warm: Promise<void>;
  /** Refuses new work, ends sessions, closes adapters and sockets. Safe to call again. */
  close(): Promise<void>;
}

const readPages = async (settings: Settings): Promise<StaticFiles> => {
  const web = findWebPages(settings.root);
  const pages = web === undefined ? [] : await readStaticFiles(web).catch(() => []);
  let own: StaticFiles = new Map();
  if (settings.static !== undefined) {
    try {
      own = await readStaticFiles(settings.static, '/app/');
    } catch (cause) {
      throw new TthError('config.invalid', 'The folder to serve could not be read.', {
        details: { field: 'static', folder: settings.static },
        cause,
      });
    }
  }
  const all = new Map([...pages, ...own]);
  const icon = all.get('/icon.svg');
  if (icon !== undefined) all.set('/favicon.ico', icon);
  return all;
};

/**
 * Starts the gateway on a loopback address. Throws `config.*` where it cannot. An embedder may hand over
 * `plugins` that are not packages.
 */
export const createServer = async (
  settings: Settings,
  log: Log,
  plugins?: readonly PluginSource[],
): Promise<Server> => {
  const pages = await readPages(settings);
  const engine = await composeEngine(settings, log, plugins);
  const stopWatching = watchPersonas(settings, engine, log, systemClock);
  const codecs = engine.services.mediaCodecs;
  const opus = codecs?.audio.includes('opus') === true ? createOpusEncoders(codecs.moduleUrl) : undefined;
  const hub = createStreamHub(engine, systemClock, opus, log);
  const sockets = new Map<number, (code: number, reason: string) => void>();
  const warming = new AbortController();
  let state: 'warming' | 'ready' | 'draining' = 'warming';
  let inspectors = 0;
  let port = settings.port;

  const routes = createRoutes({ engine, hub, pages, version, isReady: () => state === 'ready', log });

  const upgrade = (request: UpgradeRequest): UpgradeVerdict => {
    const refuse = (reply: HttpReply): UpgradeVerdict => ({ refuse: reply });
    if (!isOwnOrigin(request.header('host'), request.header('origin'), port)) {
      return refuse(toHttpReply(new TthError('auth.forbidden', 'Pages of other origins may not connect.')));
    }
    if (state === 'draining') {
      return refuse(
        toHttpReply(new TthError('capacity.draining', 'The server is stopping.', { retryAfterMs: 2_000 })),
      );
    }
    const protocol = request.protocols.includes(subprotocol) ? { protocol: subprotocol } : {};
    if (request.path === '/v1/stream') {
      return {
        ...protocol,
        open: (connection) => {
          sockets.set(connection.id, connection.close);
          const handlers = createCommandRouter(connection, hub, systemClock);
          return {
            ...handlers,
            onClose: (code) => {
              sockets.delete(connection.id);
              handlers.onClose(code);
            },
          };
        },
      };
    }
    if (request.path === '/v1/inspect') {
      if (inspectors >= maxInspectors) {
        return refuse(
          toHttpReply(new TthError('capacity.overloaded', 'Too many inspectors are open; close one.')),
        );
      }
      return {
        ...protocol,
        open: (connection) => {
          inspectors += 1;
          sockets.set(connection.id, connection.close);
          return serveInspector(connection, engine, systemClock, version, () => {
            inspectors -= 1;
            sockets.delete(connection.id);
          });
        },
      };
    }
    return refuse(toHttpReply(new TthError('protocol.not_found', 'There is no such socket here.')));
  };

  let listener: Listener;
  try {
    listener = await listen({
      host: settings.host,
      port: settings.port,
      upgrade,
      http: (request) => {
        const own = isOwnOrigin(
          request.header('host'),
          request.method === 'GET' ? undefined : request.header('origin'),
          port,
        );
        if (own) return routes(request);
        return Promise.resolve(
          toHttpReply(new TthError('auth.forbidden', 'Requests of other hosts and origins are refused.')),
        );
      },
      onFault: (error) => log.error({ error }, 'a handler failed'),
    });
  } catch (error) {
    stopWatching();
    await engine.close();
    throw error;
  }
  port = listener.port;

  const warm = engine.warmup(warming.signal).then(() => {
    if (state === 'warming') state = 'ready';
  });

  let closing: Promise<void> | undefined;
  return {
    url: `http://${settings.host === '::1' ? '[::1]' : settings.host}:${port}`,
    port,
    engine,
    warm,
    close: () => {
      closing ??= (async () => {
        state = 'draining';
        listener.stop();
        stopWatching();
        warming.abort();
        await engine.close();
        for (const close of sockets.values()) close(closeCodes.draining, 'the server stops');
        listener.close();
        await opus?.close();
      })();
      return closing;
    },
  };
};
