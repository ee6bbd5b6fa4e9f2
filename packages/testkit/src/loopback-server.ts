import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface LoopbackOptions {
  /** PEM. With it the server speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What its address says; it listens on 127.0.0.1 in any case. */
  readonly host?: string;
}

/** A server on a free port of 127.0.0.1 whose connections are counted and can be cut. */
export interface LoopbackServer {
  readonly server: http.Server;
  /** `http://host:port`, or `https` with TLS. */
  readonly url: string;
  /** Connections, idle ones included. */
  readonly openSockets: number;
  /** Closes every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** Takes connections again, at the same address. */
  listen(): Promise<void>;
}

/** Starts a server for requests; for sockets, listen to `upgrade` of its `server`. */
export const startLoopbackServer = async (
  onRequest?: http.RequestListener,
  { tls, host = '127.0.0.1' }: LoopbackOptions = {},
): Promise<LoopbackServer> => {
  const options = { keepAliveTimeout: 60_000 };
  const server = tls === undefined ? http.createServer(options) : https.createServer({ ...options, ...tls });
  if (onRequest !== undefined) server.on('request', onRequest);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  let port = 0;
  const listen = async (): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  await listen();
  return {
    server,
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    get openSockets() {
      return sockets.size;
    },
    refuse: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    listen,
  };
};
