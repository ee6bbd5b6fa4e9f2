import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The few calls of the socket library that are used here. */
export interface Socket<Talk> {
  getUserData(): Talk;
  send(message: string | Uint8Array, isBinary: boolean): void;
}
export interface App<Talk> {
  ws(
    pattern: string,
    behavior: {
      upgrade(response: Response<Talk>, request: Request, context: object): void;
      message(socket: Socket<Talk>, message: ArrayBuffer): void;
      close(socket: Socket<Talk>): void;
    },
  ): App<Talk>;
  listen(host: string, port: number, listening: (token: object) => void): void;
}
interface Response<Talk> {
  upgrade(data: Talk, key: string, protocol: string, extensions: string, context: object): void;
}
interface Request {
  getHeader(name: string): string;
}

/** The gateway's own copy of the socket library: its package names it, this one does not. */
const manifest = findPackageJSON(
  'uWebSockets.js',
  new URL('../../packages/server/package.json', import.meta.url),
);
export const uws = (await import(new URL('dist/index.mjs', pathToFileURL(manifest!)).href)) as {
  App<Talk>(): App<Talk>;
  us_socket_local_port(token: object): number;
};
