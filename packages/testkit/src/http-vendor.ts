import type http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type LoopbackOptions, type LoopbackServer, startLoopbackServer } from './loopback-server.ts';
import { type Refusal, refuseRequest } from './refusal.ts';
import { type Progress, follow, sendSteps } from './send-steps.ts';
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

/** What becomes of the requests for work from now on. Nothing said: they are answered. */
export interface HttpVendorScript {
  /** Answers with this alone. */
  readonly refusal?: Refusal;
  /** Takes the request and sends nothing, not even headers. */
  readonly isMute?: boolean;
  /** Closes the connection that a request comes on, before it answers. `idle`: only one that has served before. */
  readonly drop?: 'idle' | 'any';
  /** In place of the right one. */
  readonly contentType?: string;
  /** Applied to the answer in this order. */
  readonly faults?: readonly Fault[];
}

/** The wire of one vendor. Its script may have more in it than what any vendor can do wrong. */
export interface HttpVendorWire<Script extends HttpVendorScript = HttpVendorScript> {
  /** The answer to a request for work; `undefined`: there is nothing at this path. */
  answer(asked: AskedOfVendor, script: Script): VendorAnswer | undefined;
  /** What a GET finds, by path, sent as JSON, or a function of the path and of what is played; anything else is a 404. */
  readonly facts?:
    | Readonly<Record<string, unknown>>
    | ((path: string, script: Script) => Refusal | undefined);
}

/** One request for work, and how far its answer has come. */
export interface HttpVendorRequest extends AskedOfVendor, Readonly<Progress> {
  /** When it arrived, in monotonic milliseconds. */
  readonly atMs: number;
}

/** A vendor of any wire over HTTP, on loopback. */
export interface HttpVendor<Script extends HttpVendorScript = HttpVendorScript> extends Omit<
  LoopbackServer,
  'server'
> {
  /** Those for work, in the order in which they arrived. */
  readonly requests: readonly HttpVendorRequest[];
  /** Those that were not for work: after its health, for lists. */
  readonly questions: readonly Omit<AskedOfVendor, 'body'>[];
  /** Requests that have neither ended, nor been cut, nor left. */
  readonly openRequests: number;
  /** From now on; `nth` counts the requests for work from now on, from 0. */
  play(script: Script | ((nth: number) => Script)): void;
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
  const bytes = new Uint8Array(await buffer(request));
  const contentType = request.headers['content-type'] ?? '';
  if (bytes.length === 0) return undefined;
  if (/^(multipart|application\/x-www-form)/.test(contentType)) return readForm(bytes, contentType);
  return JSON.parse(new TextDecoder().decode(bytes)) as AskedOfVendor['body'];
};

const nothingThere: Refusal = { status: 404, body: {} };

/** Starts a vendor that speaks `wire`. */
export const startHttpVendor = async <Script extends HttpVendorScript = HttpVendorScript>(
  { answer, facts = {} }: HttpVendorWire<Script>,
  options: LoopbackOptions = {},
): Promise<HttpVendor<Script>> => {
  const requests: Entry[] = [];
  const questions: Omit<AskedOfVendor, 'body'>[] = [];
  const served = new WeakSet<object>();
  let script: (nth: number) => Script = () => ({}) as Script;
  let count = 0;

  const work = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const given = script(count++);
    const { socket, headers, url: path = '' } = request;
    const asked = { atMs: performance.now(), path, headers, body: undefined };
    const entry: Entry = { ...asked, pieces: 0, sentBytes: 0, isPaused: false, state: 'open' };
    requests.push(entry);
    const closing = follow(response, entry);
    const isReused = served.has(socket);
    served.add(socket);
    if (given.drop === 'any' || (given.drop === 'idle' && isReused)) {
      entry.state = 'cut';
      socket.destroy();
      return;
    }
    entry.body = await readBody(request);
    if (given.isMute === true) return;
    const usual = given.refusal === undefined ? answer(entry, given) : undefined;
    if (usual === undefined) {
      refuseRequest(response, given.refusal ?? nothingThere);
      return;
    }
    const type = given.contentType ?? usual.contentType;
    response.writeHead(usual.status ?? 200, {
      ...(type !== undefined && { 'content-type': type }),
      ...usual.headers,
    });
    response.flushHeaders();
    const steps = (given.faults ?? []).reduce((before, fault) => fault(before), usual.steps);
    await sendSteps(steps, response, entry, closing);
  };

  const factAt = (path: string): Refusal => {
    if (typeof facts === 'function') return facts(path, script(count)) ?? nothingThere;
    return Object.hasOwn(facts, path)
      ? { status: 200, headers: { 'content-type': 'application/json' }, body: facts[path] }
      : nothingThere;
  };

  const loopback = await startLoopbackServer((request, response) => {
    const { method, url: path = '', headers } = request;
    if (method === 'GET') {
      questions.push({ path, headers });
      refuseRequest(response, factAt(path));
    }
    // Whoever leaves in the middle is seen in the state of the request.
    else work(request, response).catch(() => {});
  }, options);
  const { url, refuse, listen } = loopback;
  return {
    url,
    requests,
    questions,
    get openRequests() {
      return requests.filter(({ state }) => state === 'open').length;
    },
    get openSockets() {
      return loopback.openSockets;
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
