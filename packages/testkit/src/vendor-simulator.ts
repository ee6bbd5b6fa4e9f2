import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './vendor-faults.ts';
import { type SpeechOptions, type Step, chatSteps, lineSteps, speechSteps } from './vendor-wire.ts';

/** How the vendor answers a request. Nothing said: as it should. */
export interface VendorScript {
  /** Answers with this alone. */
  readonly refusal?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  /** Takes the request and sends nothing, not even headers. */
  readonly isMute?: boolean;
  /** Closes the connection that a request comes on, before it answers. `idle`: only one that has served before. */
  readonly drop?: 'idle' | 'any';
  readonly speech?: SpeechOptions;
  /** Applied in this order. */
  readonly faults?: readonly Fault[];
}

/** One request that arrived, headers and body. */
export interface VendorRequest {
  /** When it arrived, in monotonic milliseconds. */
  readonly atMs: number;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown;
  /** Bytes of the answer that were handed to the connection. */
  readonly sentBytes: number;
  /** Pieces of the answer that were. */
  readonly sentPieces: number;
  /** The connection takes no more for now. */
  readonly isPaused: boolean;
  /** `left`: the caller closed the connection before the end. `cut`: the vendor did. */
  readonly state: 'open' | 'ended' | 'left' | 'cut';
}

/** A vendor of language and speech on loopback. Its wire is described in `vendor-wire.ts`. */
export interface VendorSimulator {
  readonly url: string;
  /** In the order in which they arrived. */
  readonly requests: readonly VendorRequest[];
  /** Requests that have neither ended nor been cut. */
  readonly openRequests: number;
  /** Connections, idle ones included. */
  readonly openSockets: number;
  /** From now on; `nth` counts the requests from now on, from 0. Questions after its health do not count. */
  play(script: VendorScript | ((nth: number) => VendorScript)): void;
  /** Closes every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** Takes connections again, at the same address. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

export interface VendorOptions {
  readonly reply?: (messages: readonly { role: string; content: string }[]) => string;
  /** PEM. With it the vendor speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What its address says; it listens on 127.0.0.1 in any case. */
  readonly host?: string;
}

type Entry = { -readonly [Field in keyof VendorRequest]: VendorRequest[Field] };

interface ChatBody {
  readonly messages: readonly { role: string; content: string }[];
}

const contentTypes: Readonly<Record<string, string>> = {
  '/chat': 'text/event-stream',
  '/speech': 'audio/pcm',
  '/lines': 'application/x-ndjson',
};

const readBody = async (request: http.IncomingMessage): Promise<unknown> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text === '' ? undefined : JSON.parse(text);
};

/** Carries an answer out, step by step, until its connection closes. */
const perform = async (
  steps: Iterable<Step>,
  response: http.ServerResponse,
  entry: Entry,
  closing: AbortSignal,
): Promise<void> => {
  const closed = once(closing, 'abort');
  for (const step of steps) {
    if (closing.aborted) return;
    if (step.kind === 'wait') await sleep(step.ms, undefined, { signal: closing });
    else if (step.kind === 'hang') await closed;
    else if (step.kind === 'die') {
      await new Promise((resolve) => response.write('', resolve));
      entry.state = 'cut';
      if (step.how === 'rst') response.socket?.resetAndDestroy();
      else response.socket?.end();
      return;
    } else {
      entry.sentBytes += step.bytes.byteLength;
      entry.sentPieces += 1;
      if (response.write(step.bytes)) continue;
      entry.isPaused = true;
      await Promise.race([once(response, 'drain', { signal: closing }), closed]);
      entry.isPaused = false;
    }
  }
  response.end();
};

export const startVendor = async ({
  reply = () => 'Hello there.',
  tls,
  host = '127.0.0.1',
}: VendorOptions = {}): Promise<VendorSimulator> => {
  const requests: Entry[] = [];
  const sockets = new Set<Socket>();
  const served = new WeakSet<Socket>();
  let script: (nth: number) => VendorScript = () => ({});
  let count = 0;

  const stepsFor = (path: string, body: unknown, speech: SpeechOptions): Iterable<Step> => {
    if (path === '/chat') return chatSteps(reply((body as ChatBody).messages));
    const { text } = body as { readonly text: string };
    return path === '/speech' ? speechSteps(text, speech) : lineSteps(text, speech);
  };

  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { socket } = request;
    const path = request.url ?? '';
    const type = contentTypes[path];
    if (type === undefined) {
      response.setHeader('content-type', 'application/json');
      response.end('{"ok":true}');
      return;
    }
    const { refusal, isMute = false, drop, speech = {}, faults = [] } = script(count++);
    const isReused = served.has(socket);
    served.add(socket);
    const { headers } = request;
    const entry: Entry = {
      atMs: performance.now(),
      path,
      headers,
      body: undefined,
      sentBytes: 0,
      sentPieces: 0,
      isPaused: false,
      state: 'open',
    };
    requests.push(entry);
    const closing = new AbortController();
    response.on('close', () => {
      if (entry.state === 'open') entry.state = response.writableFinished ? 'ended' : 'left';
      closing.abort();
    });
    if (drop === 'any' || (drop === 'idle' && isReused)) {
      entry.state = 'cut';
      socket.destroy();
      return;
    }
    entry.body = await readBody(request);
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { ...refusal.headers });
      response.end(refusal.body ?? '');
      return;
    }
    if (isMute) return;
    response.writeHead(200, { 'content-type': type });
    response.flushHeaders();
    const steps = faults.reduce((before, fault) => fault(before), stepsFor(path, entry.body, speech));
    await perform(steps, response, entry, closing.signal);
  };

  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    // Whoever leaves in the middle is seen in the state of the request.
    answer(request, response).catch(() => {});
  };
  const options = { keepAliveTimeout: 60_000 };
  const server =
    tls === undefined
      ? http.createServer(options, onRequest)
      : https.createServer({ ...options, ...tls }, onRequest);
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
  const refuse = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen();
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    requests,
    get openRequests() {
      return requests.filter(({ state }) => state === 'open').length;
    },
    get openSockets() {
      return sockets.size;
    },
    play: (given) => {
      count = 0;
      script = typeof given === 'function' ? given : () => given;
    },
    refuse,
    listen,
    close: refuse,
  };
};
