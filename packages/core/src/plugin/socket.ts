import { WebSocket, type RawData } from 'ws';
import { TthError } from '../domain/errors.ts';
import { largestItemBytes } from '../domain/media.ts';
import type { Clock } from '../domain/time.ts';
import { createInbox } from './inbox.ts';
import { type Explain, errorOfRefusal } from './refusal.ts';
import type { Log } from './services.ts';
import { errorOfClose, errorOfHandshake, errorOfSocket } from './socket-errors.ts';

export interface SocketRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** Subprotocols, the preferred one first. */
  readonly protocols?: readonly string[];
  /** Ends the attempt, and later the connection: politely, and its reader at once and quietly. */
  readonly signal: AbortSignal;
  /** For a vendor whose refusals of the handshake say more than their status does. */
  readonly explain?: Explain;
}

/** An open WebSocket to a vendor. */
export interface Socket {
  /**
   * The messages in order, for one reader at a time: while one waits that nobody has asked for, the connection
   * is paused. Ends at a close with code 1000 and after our own `close`; any other end throws a code of the
   * error table, with `closeCode` in its details, once everything before it was read. To leave the loop closes nothing.
   */
  messages(): AsyncIterable<string | Uint8Array>;
  /** Resolves when the connection has taken the message. Rejects when it is not open. */
  send(message: string | Uint8Array): Promise<void>;
  /** Closes politely, and a second later in any case. What was not read is dropped. */
  close(code?: number, reason?: string): void;
  /** How the connection ended. The reason is the vendor's text: not for errors. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly isOpen: boolean;
}

/**
 * WebSockets to a vendor. A refused handshake throws what the same answer to a call of `Http` throws; one that
 * is aborted rejects with the signal's reason. Redirects are not followed, messages are not compressed and at
 * most 1 MiB long. A vendor that is silent to our pings is given up with `provider.unavailable`.
 */
export interface Sockets {
  open(url: string, request: SocketRequest): Promise<Socket>;
}

export interface SocketOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Between two pings; a vendor that lets nothing be heard from one to the next is gone. */
  readonly pingEveryMs?: number;
}

const defaultPingEveryMs = 10_000;
/** How long a polite close may take. */
const closeWithinMs = 1_000;

const utf8 = new TextDecoder();

type Connection = WebSocket;
type Answer = AsyncIterable<Uint8Array> & {
  readonly statusCode?: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

const dial = (url: string, { headers, protocols = [] }: SocketRequest): [Connection, string, Headers] => {
  try {
    const address = new URL(url);
    if (!/^wss?:$/.test(address.protocol)) throw new TypeError('not an address of a socket');
    const sent = new Headers(headers);
    const connection = new WebSocket(address, [...protocols], {
      headers: Object.fromEntries(sent),
      perMessageDeflate: false,
      maxPayload: largestItemBytes,
    });
    return [connection, address.host, sent];
  } catch {
    throw new TthError('provider.misconfigured', 'The address or a header of a provider is not valid.');
  }
};

const headersOf = ({ headers }: Answer): Headers => {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const each of [value ?? []].flat()) all.append(name, each);
  }
  return all;
};

const readStart = async (answer: Answer, byteLength: number): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of answer) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= byteLength) break;
    }
  } catch {
    // What came until then is enough.
  }
  return text.slice(0, byteLength);
};

/** A message as the library has it: one buffer, because it was told nothing else. */
const read = (data: RawData, isBinary: boolean): string | Uint8Array => {
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return isBinary ? bytes : utf8.decode(bytes);
};

const wrap = (
  connection: Connection,
  host: string,
  signal: AbortSignal,
  { clock, log, pingEveryMs = defaultPingEveryMs }: SocketOptions,
): Socket => {
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  let isOver = false;
  let isHeard = true;
  let cancelEnd = (): void => {};
  const inbox = createInbox<string | Uint8Array>(() => {
    isHeard = true;
    connection.resume();
  });
  const isOpen = (): boolean => !isOver && connection.readyState === connection.OPEN;

  const endSoon = (): void => {
    isOver = true;
    if (connection.readyState === connection.CLOSED) return;
    // The answer to our close comes after everything that was sent before it.
    connection.resume();
    cancelEnd();
    cancelEnd = clock.after(closeWithinMs, () => connection.terminate());
  };
  const close = (code = 1000, reason = ''): void => {
    connection.close(code, reason);
    inbox.drop();
    endSoon();
  };
  const leave = (): void => close();
  const fail = (error: TthError): void => {
    log.debug({ ...error.details }, 'the connection to a provider failed');
    inbox.end(error);
    endSoon();
  };
  /** While a message waits for its reader nothing behind it can be heard. */
  const beat = (): void => {
    if (!isHeard && inbox.length === 0) {
      fail(new TthError('provider.unavailable', 'The provider is silent.', { details: { host } }));
      connection.terminate();
      return;
    }
    isHeard = false;
    connection.ping();
    cancelBeat = clock.after(pingEveryMs, beat);
  };
  let cancelBeat = clock.after(pingEveryMs, beat);

  const hear = (): void => void (isHeard = true);
  connection.on('ping', hear);
  connection.on('pong', hear);
  connection.on('message', (data, isBinary) => {
    hear();
    inbox.put(read(data, isBinary));
    if (inbox.length > 0) connection.pause();
  });
  connection.on('error', (error) => fail(errorOfSocket(error, host)));
  connection.on('close', (code, reason) => {
    isOver = true;
    cancelBeat();
    cancelEnd();
    signal.removeEventListener('abort', leave);
    inbox.end(code === 1000 ? undefined : errorOfClose(code, host));
    closed.resolve({ code, reason: utf8.decode(reason) });
  });
  signal.addEventListener('abort', leave, { once: true });

  return {
    messages: () => inbox.items(),
    send: async (message) => {
      signal.throwIfAborted();
      if (!isOpen()) {
        throw new TthError('provider.unavailable', 'The connection to the provider is not open.', {
          details: { host },
        });
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      connection.send(message, (error) => (error ? reject(errorOfSocket(error, host)) : resolve()));
      await promise.catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
    },
    close,
    closed: closed.promise,
    get isOpen() {
      return isOpen();
    },
  };
};

/** Vendor sockets over the library `ws`, the only one whose connections can be paused. */
export const createSockets = (options: SocketOptions): Sockets => ({
  open: async (url, request) => {
    const { signal, explain } = request;
    signal.throwIfAborted();
    const [connection, host, sentHeaders] = dial(url, request);
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const leave = (): void => {
      reject(signal.reason as Error);
      connection.terminate();
    };
    signal.addEventListener('abort', leave, { once: true });
    connection.once('open', () => resolve(wrap(connection, host, signal, options)));
    connection.on('error', (error) => reject(errorOfHandshake(error, host)));
    connection.once('unexpected-response', (handshake, answer: Answer) => {
      const refusal = {
        host,
        status: answer.statusCode ?? 0,
        headers: headersOf(answer),
        readStart: (byteLength: number) => readStart(answer, byteLength),
        sentHeaders,
        explain,
      };
      void errorOfRefusal(refusal, options)
        .then(reject, reject)
        .finally(() => handshake.destroy());
    });
    try {
      const socket = await promise;
      signal.throwIfAborted();
      return socket;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  },
});
