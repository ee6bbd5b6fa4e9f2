import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '@tth/testkit';
import { type FakeReply, chatCompletion, chatEvents } from './chat-wire.ts';
import { type ResponseEnd, responseEvents } from './responses-wire.ts';

type Step = Fault extends (steps: Iterable<infer S>) => unknown ? S : never;

/** How a call is answered. Nothing said: well. */
export interface FakeScript {
  readonly reply?: FakeReply | ((body: FakeRequest['body']) => FakeReply);
  /** Of a response. */
  readonly end?: ResponseEnd;
  /** Answers with this alone; an object is sent as JSON. */
  readonly refusal?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  /** Takes the call and sends nothing, not even headers. */
  readonly isMute?: boolean;
  /** Closes the connection before it answers. */
  readonly isCut?: boolean;
  /** How events are written; `tight` has no space after the colon. */
  readonly framing?: 'usual' | 'crlf' | 'tight';
  /** Comments before the first event. */
  readonly comments?: number;
  /** Lines put in the place of event `at`, raw, or before the end. */
  readonly insert?: { readonly at: number; readonly lines: readonly string[]; readonly endsThere?: boolean };
  /** Applied to the pieces of the answer, in this order. */
  readonly faults?: readonly Fault[];
}

/** One call that arrived. */
export interface FakeRequest {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  /** Pieces of the answer that were written. */
  readonly written: number;
  /** `left`: the caller closed the connection before the end. `cut`: we did. */
  readonly state: 'open' | 'ended' | 'left' | 'cut';
}

/** A server of Chat Completions and Responses on loopback, of any flavour. */
export interface FakeOpenai {
  /** Of the API, with `/v1`. */
  readonly url: string;
  /** Calls of models, in the order in which they arrived. */
  readonly requests: readonly FakeRequest[];
  /** Other requests: for lists, for health. */
  readonly looks: readonly { readonly path: string; readonly headers: http.IncomingHttpHeaders }[];
  /** Connections, idle ones included. */
  readonly openSockets: number;
  /** From now on; `nth` counts the calls from now on, from 0. */
  play(script: FakeScript | ((nth: number) => FakeScript)): void;
  /** What other requests are answered with, by path; `undefined` is 404. */
  serve(path: string, answer: { readonly status: number; readonly body: unknown } | undefined): void;
  close(): Promise<void>;
}

const piece = (text: string): Step => ({ kind: 'piece', bytes: Buffer.from(text) });

const write = (event: string | undefined, data: string, { framing = 'usual' }: FakeScript): string => {
  const colon = framing === 'tight' ? ':' : ': ';
  const lines = [...(event === undefined ? [] : [`event${colon}${event}`]), `data${colon}${data}`, '', ''];
  return lines.join(framing === 'crlf' ? '\r\n' : '\n');
};

function* stepsOf(events: Iterable<string>, { comments = 0, insert }: FakeScript): Generator<Step, void> {
  for (let n = 0; n < comments; n++) yield piece(': keep-alive\n\n');
  let at = 0;
  for (const event of events) {
    if (at++ === insert?.at) {
      for (const line of insert.lines) yield piece(line);
      if (insert.endsThere === true) return;
    }
    yield piece(event);
  }
}

type Entry = { -readonly [Field in keyof FakeRequest]: FakeRequest[Field] };

const perform = async (
  steps: Iterable<Step>,
  response: http.ServerResponse,
  entry: Entry,
  closing: AbortSignal,
): Promise<void> => {
  for (const step of steps) {
    if (closing.aborted) return;
    if (step.kind === 'wait') await sleep(step.ms, undefined, { signal: closing });
    else if (step.kind === 'hang') await once(closing, 'abort');
    else if (step.kind === 'die') {
      await new Promise((resolve) => response.write('', resolve));
      entry.state = 'cut';
      if (step.how === 'rst') response.socket?.resetAndDestroy();
      else response.socket?.end();
      return;
    } else {
      entry.written += 1;
      if (!response.write(step.bytes)) await once(response, 'drain', { signal: closing });
    }
  }
  response.end();
};

const readBody = async (request: http.IncomingMessage): Promise<Entry['body']> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text === '' ? {} : (JSON.parse(text) as Entry['body']);
};

/** How a model answers that nobody told anything: as it was asked to, in words or in JSON. */
const usualReply = (body: Entry['body']): FakeReply => {
  const { format } = (body['text'] ?? {}) as { readonly format?: unknown };
  const isJson = format !== undefined || body['response_format'] !== undefined;
  return { text: isJson ? '{"city":"Paris"}' : 'The sea is deep. Nobody has seen all of it.' };
};

const replyTo = (body: Entry['body'], { reply }: FakeScript): FakeReply => ({
  ...usualReply(body),
  ...(typeof reply === 'function' ? reply(body) : reply),
});

export const startFakeOpenai = async (): Promise<FakeOpenai> => {
  const requests: Entry[] = [];
  const looks: { path: string; headers: http.IncomingHttpHeaders }[] = [];
  const sockets = new Set<Socket>();
  const served = new Map<string, { readonly status: number; readonly body: unknown }>();
  let script: (nth: number) => FakeScript = () => ({});
  let count = 0;

  const eventsOf = (body: Entry['body'], path: string, given: FakeScript): Iterable<string> => {
    const model = String(body['model']);
    const asked = (body['stream_options'] ?? {}) as Record<string, boolean>;
    const usage = asked['continuous_usage_stats'] ? 'every' : asked['include_usage'] ? 'final' : 'none';
    const reply: FakeReply = { usage, ...replyTo(body, given) };
    if (path.endsWith('/responses')) {
      return [...responseEvents(reply, model, given.end ?? {})].map((event) =>
        write(event.type, JSON.stringify(event), given),
      );
    }
    return [...chatEvents(reply, model)].map((data) => write(undefined, data, given));
  };

  const sendJson = (response: http.ServerResponse, status: number, body: unknown, headers = {}): void => {
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
    const type = typeof body === 'string' ? 'text/html' : 'application/json';
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(text);
  };

  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    const { headers } = request;
    if (request.method !== 'POST') {
      looks.push({ path, headers });
      const { status, body } = served.get(path) ?? { status: 404, body: { error: { message: 'no' } } };
      sendJson(response, status, body);
      return;
    }
    const given = script(count++);
    const entry: Entry = { path, headers, body: {}, written: 0, state: 'open' };
    requests.push(entry);
    const closing = new AbortController();
    response.on('close', () => {
      if (entry.state === 'open') entry.state = response.writableFinished ? 'ended' : 'left';
      closing.abort();
    });
    entry.body = await readBody(request);
    if (given.isCut === true) {
      entry.state = 'cut';
      request.socket.resetAndDestroy();
      return;
    }
    if (given.isMute === true) return;
    if (given.refusal !== undefined) {
      sendJson(response, given.refusal.status, given.refusal.body, given.refusal.headers);
      return;
    }
    if (entry.body['stream'] !== true) {
      sendJson(response, 200, chatCompletion(replyTo(entry.body, given), String(entry.body['model'])));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'req_1' });
    response.flushHeaders();
    const steps = stepsOf(eventsOf(entry.body, path, given), given);
    const faulty = (given.faults ?? []).reduce<Iterable<Step>>((before, fault) => fault(before), steps);
    await perform(faulty, response, entry, closing.signal);
  };

  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    // Whoever leaves in the middle is seen in the state of the call.
    answer(request, response).catch(() => {});
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
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    looks,
    get openSockets() {
      return sockets.size;
    },
    play: (given) => {
      count = 0;
      script = typeof given === 'function' ? given : () => given;
    },
    serve: (path, given) => void (given === undefined ? served.delete(path) : served.set(path, given)),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
