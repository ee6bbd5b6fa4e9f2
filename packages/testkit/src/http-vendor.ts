import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './vendor-faults.ts';
import type { Step } from './vendor-wire.ts';

/** A request for work as it arrived. */
export interface AskedOfVendor {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Parsed JSON; the fields of a form, files as bytes; `undefined` without a body. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** How work is answered when nothing else is played. */
export interface VendorAnswer {
  /** 200 by default. */
  readonly status?: number;
  /** `undefined`: the answer says nothing of it. */
  readonly contentType: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly steps: Iterable<Step>;
}

/** The wire of one vendor. */
export interface HttpVendorWire {
  /** The answer to a request for work; `undefined`: there is nothing at this path. */
  answer(asked: AskedOfVendor): VendorAnswer | undefined;
  /** What a GET finds, by path, sent as JSON; anything else is a 404. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What becomes of the requests for work from now on. Nothing said: they are answered. */
export interface HttpVendorScript {
  /** Answers with this alone. An object is sent as JSON. */
  readonly refusal?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  /** Takes the request and sends nothing, not even headers. */
  readonly isMute?: boolean;
  /** In place of the right one. */
  readonly contentType?: string;
  /** Applied to the answer in this order. */
  readonly faults?: readonly Fault[];
}

/** One request for work, and how far its answer has come. */
export interface HttpVendorRequest extends AskedOfVendor {
  /** Pieces that were handed to the connection. */
  readonly pieces: number;
  /** `left`: the caller closed the connection before the end. `cut`: the vendor did. */
  readonly state: 'open' | 'ended' | 'left' | 'cut';
}

/** A vendor of any wire over HTTP, on loopback. */
export interface HttpVendor {
  readonly url: string;
  readonly requests: readonly HttpVendorRequest[];
  /** Paths of the questions that were not for work. */
  readonly questions: readonly string[];
  readonly openSockets: number;
  play(script: HttpVendorScript): void;
  close(): Promise<void>;
}

type Entry = { -readonly [Field in keyof HttpVendorRequest]: HttpVendorRequest[Field] };

const readForm = async (
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<AskedOfVendor['body']> => {
  const form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
  const fields = [...form].map(async ([name, value]): Promise<[string, unknown]> => [
    name,
    typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer()),
  ]);
  return Object.fromEntries(await Promise.all(fields));
};

const readBody = async (request: http.IncomingMessage): Promise<AskedOfVendor['body']> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const bytes = new Uint8Array(Buffer.concat(chunks));
  const contentType = request.headers['content-type'] ?? '';
  if (bytes.length === 0) return undefined;
  if (/^(multipart|application\/x-www-form)/.test(contentType)) return readForm(bytes, contentType);
  return JSON.parse(new TextDecoder().decode(bytes)) as AskedOfVendor['body'];
};

/** Carries an answer out, step by step, until its connection closes. */
const perform = async (
  steps: Iterable<Step>,
  response: http.ServerResponse,
  entry: Entry,
  closing: AbortSignal,
): Promise<void> => {
  for (const step of steps) {
    closing.throwIfAborted();
    if (step.kind === 'wait') await sleep(step.ms, undefined, { signal: closing });
    else if (step.kind === 'hang') await once(closing, 'abort');
    else if (step.kind === 'die') {
      await new Promise((resolve) => response.write('', resolve));
      entry.state = 'cut';
      if (step.how === 'rst') response.socket?.resetAndDestroy();
      else response.socket?.end();
      return;
    } else {
      entry.pieces += 1;
      // Each piece leaves before the next is looked at, so that whoever goes away between two is noticed.
      await new Promise((resolve) => response.write(step.bytes, resolve));
    }
  }
  response.end();
};

const sendJson = (
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: object = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
};

/** Starts a vendor that speaks `wire`. */
export const startHttpVendor = async ({ answer, facts = {} }: HttpVendorWire): Promise<HttpVendor> => {
  const requests: Entry[] = [];
  const questions: string[] = [];
  const sockets = new Set<Socket>();
  let script: HttpVendorScript = {};

  const work = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { refusal, isMute = false, contentType, faults = [] } = script;
    const asked = { path: request.url ?? '', headers: request.headers, body: await readBody(request) };
    const entry: Entry = { ...asked, pieces: 0, state: 'open' };
    requests.push(entry);
    const closing = new AbortController();
    response.on('close', () => {
      if (entry.state === 'open') entry.state = response.writableFinished ? 'ended' : 'left';
      closing.abort();
    });
    if (isMute) return;
    const usual = answer(asked);
    if (refusal !== undefined || usual === undefined) {
      sendJson(response, refusal?.status ?? 404, refusal?.body, refusal?.headers);
      return;
    }
    const type = contentType ?? usual.contentType;
    response.writeHead(usual.status ?? 200, {
      ...(type !== undefined && { 'content-type': type }),
      ...usual.headers,
    });
    response.flushHeaders();
    const steps = faults.reduce((before, fault) => fault(before), usual.steps);
    await perform(steps, response, entry, closing.signal);
  };

  const tell = (path: string, response: http.ServerResponse): void => {
    questions.push(path);
    const isKnown = Object.hasOwn(facts, path);
    sendJson(response, isKnown ? 200 : 404, isKnown ? facts[path] : {});
  };

  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.method === 'GET') tell(request.url ?? '', response);
    // Whoever leaves in the middle is seen in the state of the request.
    else work(request, response).catch(() => {});
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    questions,
    get openSockets() {
      return sockets.size;
    },
    play: (given) => {
      script = given;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
