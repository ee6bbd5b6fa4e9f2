import * as uWS from 'uWebSockets.js';
import { TthError } from '@tth/core';
import { closeCodes } from '@tth/protocol';
import type {
  Connection,
  ConnectionHandlers,
  HttpHandler,
  HttpReply,
  HttpRequest,
  UpgradeRequest,
  UpgradeVerdict,
} from './connection.ts';

/** Largest JSON message that reaches a handler; above it the transport cuts the connection without a word. */
const maxPayloadBytes = 64 * 1024;
const maxBodyBytes = 64 * 1024;
const maxBackpressureBytes = 2 * 1024 * 1024;
/** Any byte resets the transport's idle timer; messages are watched above this layer. */
const idleTimeoutSeconds = 120;
const maxPingsPerSecond = 5;

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly http: HttpHandler;
  readonly upgrade: (request: UpgradeRequest) => UpgradeVerdict;
  /** An exception left a callback: a bug of ours. The connection or request it came from is ended. */
  readonly onFault: (error: unknown) => void;
}

export interface Listener {
  readonly port: number;
  /** Takes no more connections; open ones stay. */
  stop(): void;
  /** Ends every connection at once. */
  close(): void;
}

interface SocketData {
  readonly verdict: Extract<UpgradeVerdict, { open: unknown }>;
  handlers?: ConnectionHandlers;
  closed: boolean;
  pings: { second: number; count: number };
}

/** `LIBUS_LISTEN_EXCLUSIVE_PORT`: without it two servers share a port and nobody is told. */
const exclusivePort = 1;

/** The library takes a host together with options; its declarations know only either. */
type ListenExclusively = (
  host: string,
  port: number,
  options: number,
  listening: (token: uWS.us_listen_socket | false) => void,
) => void;

type Socket = uWS.WebSocket<SocketData>;

const toConnection = (socket: Socket, id: number): Connection => {
  const live = (): boolean => !socket.getUserData().closed;
  return {
    id,
    sendText: (text) => {
      if (live()) socket.send(text, false);
    },
    sendBytes: (bytes) => {
      if (live()) socket.send(bytes, true);
    },
    bufferedBytes: () => (live() ? socket.getBufferedAmount() : 0),
    close: (code, reason) => {
      if (live()) socket.end(code, reason.slice(0, 120));
    },
  };
};

const statusLine = (status: number): string => {
  const names: Readonly<Record<number, string>> = {
    200: 'OK',
    201: 'Created',
    204: 'No Content',
    304: 'Not Modified',
    400: 'Bad Request',
    403: 'Forbidden',
    404: 'Not Found',
    405: 'Method Not Allowed',
    409: 'Conflict',
    413: 'Payload Too Large',
    416: 'Range Not Satisfiable',
    421: 'Misdirected Request',
    422: 'Unprocessable Entity',
    426: 'Upgrade Required',
    429: 'Too Many Requests',
    500: 'Internal Server Error',
    502: 'Bad Gateway',
    503: 'Service Unavailable',
    504: 'Gateway Timeout',
  };
  return `${status} ${names[status] ?? ''}`.trim();
};

const writeHead = (response: uWS.HttpResponse, reply: HttpReply): void => {
  response.writeStatus(statusLine(reply.status));
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.writeHeader(name, value);
};

/** Sends a stream piece by piece, waiting for the socket whenever it is full. */
const sendStream = async (
  response: uWS.HttpResponse,
  reply: HttpReply,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> => {
  let started = false;
  try {
    for await (const piece of body) {
      if (signal.aborted) return;
      const drained = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        response.onWritable(() => {
          resolve();
          return true;
        });
      });
      let flushed = true;
      response.cork(() => {
        if (!started) writeHead(response, reply);
        started = true;
        flushed = response.write(piece);
      });
      if (!flushed) await drained;
    }
    if (!signal.aborted) response.cork(() => response.end());
  } catch (error) {
    if (!signal.aborted && started) response.close();
    if (!started || signal.aborted) throw error;
  }
};

/** The only importer of the socket library. Every route goes through one wrapper: an unanswered one would abort the process. */
export const listen = (options: ListenOptions): Promise<Listener> => {
  const app = uWS.App();
  let connections = 0;

  const guarded = (socket: Socket | undefined, task: () => void): void => {
    try {
      task();
    } catch (error) {
      options.onFault(error);
      if (socket !== undefined && !socket.getUserData().closed) socket.end(closeCodes.internal, 'internal');
    }
  };

  const answer = async (response: uWS.HttpResponse, request: HttpRequest): Promise<void> => {
    let reply: HttpReply;
    try {
      reply = await options.http(request);
    } catch (error) {
      options.onFault(error);
      reply = { status: 500 };
    }
    if (request.signal.aborted) return;
    const { body } = reply;
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
      response.cork(() => {
        writeHead(response, reply);
        response.end(body ?? '');
      });
      return;
    }
    await sendStream(response, reply, body, request.signal);
  };

  app.any('/*', (response, raw) => {
    const abort = new AbortController();
    response.onAborted(() => abort.abort());
    const headers = new Map<string, string>();
    raw.forEach((name, value) => headers.set(name, value));
    const body = readBody(response, abort.signal);
    body.catch(() => {});
    const request: HttpRequest = {
      method: raw.getMethod().toUpperCase(),
      path: raw.getUrl(),
      query: raw.getQuery(),
      header: (name) => headers.get(name),
      body: () => body,
      signal: abort.signal,
    };
    answer(response, request).catch((error: unknown) => {
      options.onFault(error);
      if (!abort.signal.aborted) response.close();
    });
  });

  app.ws<SocketData>('/*', {
    maxPayloadLength: maxPayloadBytes,
    maxBackpressure: maxBackpressureBytes,
    idleTimeout: idleTimeoutSeconds,
    sendPingsAutomatically: true,
    upgrade: (response, raw, context) => {
      response.onAborted(() => {});
      const headers = new Map<string, string>();
      raw.forEach((name, value) => headers.set(name, value));
      const offered = (headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
      let verdict: UpgradeVerdict;
      try {
        verdict = options.upgrade({
          path: raw.getUrl(),
          protocols: offered.filter((name) => name !== ''),
          header: (name) => headers.get(name),
        });
      } catch (error) {
        options.onFault(error);
        verdict = { refuse: { status: 500 } };
      }
      if ('refuse' in verdict) {
        const { refuse } = verdict;
        response.cork(() => {
          writeHead(response, refuse);
          response.end(typeof refuse.body === 'string' ? refuse.body : '');
        });
        return;
      }
      response.upgrade<SocketData>(
        { verdict, closed: false, pings: { second: 0, count: 0 } },
        headers.get('sec-websocket-key') ?? '',
        verdict.protocol ?? '',
        headers.get('sec-websocket-extensions') ?? '',
        context,
      );
    },
    open: (socket) => {
      connections += 1;
      const data = socket.getUserData();
      guarded(socket, () => (data.handlers = data.verdict.open(toConnection(socket, connections))));
    },
    message: (socket, message, isBinary) => {
      const { handlers } = socket.getUserData();
      guarded(socket, () => {
        if (isBinary) handlers?.onBinary(new Uint8Array(message.slice(0)));
        else handlers?.onText(Buffer.from(message).toString('utf8'));
      });
    },
    ping: (socket) => {
      const { pings } = socket.getUserData();
      const second = Math.floor(performance.now() / 1000);
      pings.count = pings.second === second ? pings.count + 1 : 1;
      pings.second = second;
      if (pings.count > maxPingsPerSecond) socket.end(closeCodes.badRequest, 'too many pings');
    },
    drain: (socket) => guarded(socket, () => socket.getUserData().handlers?.onDrain()),
    close: (socket, code) => {
      const data = socket.getUserData();
      data.closed = true;
      guarded(undefined, () => data.handlers?.onClose(code));
    },
  });

  return new Promise((resolve, reject) => {
    const exclusively = app.listen.bind(app) as unknown as ListenExclusively;
    exclusively(options.host, options.port, exclusivePort, (token) => {
      if (token === false) {
        reject(
          new TthError('config.port_in_use', 'The port is in use or not allowed; choose another one.', {
            details: { host: options.host, port: options.port },
          }),
        );
        return;
      }
      resolve({
        port: uWS.us_socket_local_port(token),
        stop: () => uWS.us_listen_socket_close(token),
        close: () => app.close(),
      });
    });
  });
};

const readBody = (response: uWS.HttpResponse, signal: AbortSignal): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    let size = 0;
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    response.onData((chunk, isLast) => {
      size += chunk.byteLength;
      if (size > maxBodyBytes) {
        reject(
          new TthError('protocol.message_too_large', 'The body is too large.', {
            details: { maxBytes: maxBodyBytes },
          }),
        );
        return;
      }
      parts.push(new Uint8Array(chunk.slice(0)));
      if (isLast) resolve(Buffer.concat(parts));
    });
  });
