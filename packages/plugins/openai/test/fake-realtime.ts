import { once } from 'node:events';
import type http from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pcmBytes } from '@tth/core/plugin';
import {
  type Refusal,
  ignoreUpgrade,
  refuseRequest,
  refuseUpgrade,
  startLoopbackServer,
  toneAt,
} from '@tth/testkit';
import { type WebSocket, WebSocketServer } from 'ws';

type Json = Readonly<Record<string, unknown>>;

/** What happens in a response, one after the other. A message is an event of the vendor. */
export type RealtimeStep =
  | { readonly kind: 'message'; readonly body: Json | string }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'die'; readonly how: 'fin' | 'rst' }
  | { readonly kind: 'close'; readonly code: number };

/** How the vendor behaves. Nothing said: as it should. */
export interface RealtimeScript {
  /** Refuses the upgrade. */
  readonly refusal?: Refusal;
  /** Takes the request for an upgrade and sends nothing. */
  readonly isMute?: boolean;
  /** Sent in place of `session.created`. */
  readonly greeting?: Json;
  /** Answers the first `session.update` with an error. */
  readonly refusesSession?: Json;
  /** What is said for a text. */
  readonly says?: (text: string) => string;
  readonly change?: (steps: readonly RealtimeStep[]) => readonly RealtimeStep[];
  /** Runs of sound that still come after a cancel. */
  readonly trailing?: number;
  /** Never tells the end of what was cancelled. */
  readonly isDeaf?: boolean;
}

/** One socket. */
export interface RealtimeSocket {
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Messages of the client by type, in order. */
  readonly received: readonly Json[];
  readonly isOpen: boolean;
}

/** The vendor's realtime API on loopback. */
export interface FakeRealtime {
  /** With `/v1`, over HTTP. */
  readonly url: string;
  readonly sockets: readonly RealtimeSocket[];
  /** Messages of the client of this type, over all sockets. */
  received(type: string): readonly Json[];
  /** Responses that have neither ended nor lost their socket. */
  openResponses(): number;
  /** Requests for an upgrade. */
  upgrades(): number;
  /** Upgrades that were left unanswered and are still waited for. */
  waiting(): number;
  /** Runs of sound that were sent. */
  sent(): number;
  /** Bytes that wait because their client does not read. */
  held(): number;
  play(script: RealtimeScript): void;
  /** Sends an event to every socket. */
  tell(event: Json): void;
  /** Closes every socket with this code. */
  hangUp(code: number): Promise<void>;
  openSockets(): number;
  close(): Promise<void>;
}

const msPerCharacter = 50;
const runMs = 40;
const samplesPerMs = 24;

/** How long a text is read, in samples. */
export const samplesOf = (text: string, speed = 1): number =>
  Math.round((text.length * msPerCharacter * samplesPerMs) / speed);

/** Base64 of runs with an odd number of bytes: samples are cut in the middle. */
const runsOf = (text: string, speed: number): string[] => {
  const samples = samplesOf(text, speed);
  const second = samplesPerMs * 1_000;
  const parts = Array.from({ length: Math.ceil(samples / second) }, (_, at) =>
    Buffer.from(pcmBytes(toneAt(at * second, Math.min(second, samples - at * second)))),
  );
  const all = Buffer.concat(parts);
  const step = runMs * samplesPerMs * 2 + 1;
  return Array.from({ length: Math.ceil(all.length / step) }, (_, at) =>
    all.subarray(at * step, (at + 1) * step).toString('base64'),
  );
};

export const usageOf = (text: string) => ({
  input_tokens: 40 + text.length,
  output_tokens: 2 * text.length,
  total_tokens: 40 + 3 * text.length,
});

export const message = (body: Json | string): RealtimeStep => ({ kind: 'message', body });

const limitsUpdated = {
  type: 'rate_limits.updated',
  rate_limits: [
    { name: 'requests', limit: 100, remaining: 99, reset_seconds: 0.6 },
    { name: 'tokens', limit: 40_000, remaining: 39_900, reset_seconds: 0.2 },
  ],
};

interface Asked {
  readonly id: string;
  readonly text: string;
  readonly said: string;
  readonly speed: number;
  readonly metadata: unknown;
}

const doneOf = ({ id, text, metadata }: Asked, status: string, details: Json = {}): Json => ({
  type: 'response.done',
  response: {
    id,
    object: 'realtime.response',
    status,
    status_details: { type: status, ...details },
    metadata,
    usage: usageOf(text),
  },
});

/** The events of a response, as the vendor orders them. */
const stepsOf = (asked: Asked): RealtimeStep[] => {
  const { id, said, metadata, speed, text } = asked;
  const item = { response_id: id, item_id: `item_${id}`, output_index: 0, content_index: 0 };
  const runs = runsOf(text, speed);
  return [
    { type: 'response.created', response: { id, status: 'in_progress', output: [], metadata } },
    { type: 'response.output_item.added', response_id: id, output_index: 0, item: { id: `item_${id}` } },
    { type: 'response.content_part.added', ...item, part: { type: 'audio', transcript: '' } },
    { type: 'response.output_audio_transcript.delta', ...item, delta: said },
    ...runs.map((delta) => ({ type: 'response.output_audio.delta', ...item, delta })),
    { type: 'response.output_audio.done', ...item },
    { type: 'response.output_audio_transcript.done', ...item, transcript: said },
    { type: 'response.content_part.done', ...item },
    { type: 'response.output_item.done', response_id: id, output_index: 0, item: { id: `item_${id}` } },
    doneOf(asked, 'completed'),
    limitsUpdated,
  ].map(message);
};

/** A response that ends so in place of well, after its first runs of sound. */
export const endAs =
  (status: string, details: Json) =>
  (steps: readonly RealtimeStep[]): readonly RealtimeStep[] => {
    const bodies = steps.flatMap((step) =>
      step.kind === 'message' && typeof step.body === 'object' ? [step.body] : [],
    );
    const done = bodies.find(({ type }) => type === 'response.done') as { readonly response: Json };
    const response = { ...done.response, status, status_details: { type: status, ...details } };
    return [...steps.slice(0, 7), message({ type: 'response.done', response })];
  };

export const startRealtime = async (): Promise<FakeRealtime> => {
  type Entry = { -readonly [Field in keyof RealtimeSocket]: RealtimeSocket[Field] } & {
    readonly received: Json[];
    readonly connection: WebSocket;
  };
  const entries: Entry[] = [];
  let script: RealtimeScript = {};
  let open = 0;
  let sent = 0;
  let ids = 0;
  let asked = 0;
  const waiting = new Set<Socket>();

  const serve = (connection: WebSocket, raw: Socket, request: http.IncomingMessage): void => {
    const { greeting, refusesSession } = script;
    const entry: Entry = {
      url: request.url ?? '',
      headers: request.headers,
      received: [],
      isOpen: true,
      connection,
    };
    entries.push(entry);
    const closing = new AbortController();
    connection.on('close', () => {
      entry.isOpen = false;
      closing.abort();
    });
    connection.on('error', () => {});
    /** Of running responses, what stops them. */
    const running = new Map<string, AbortController>();
    let voice: unknown;
    let speed = 1;
    let hasSpoken = false;
    const send = (body: Json | string): void => {
      if (connection.readyState !== connection.OPEN) return;
      if (typeof body === 'object' && body['type'] === 'response.output_audio.delta') sent += 1;
      connection.send(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const fail = (error: Json, about?: unknown): void =>
      send({ type: 'error', error: { message: 'no', param: null, event_id: about ?? null, ...error } });

    const respond = async (command: Json): Promise<void> => {
      const given = command['response'] as {
        readonly metadata: unknown;
        readonly input: readonly { readonly content: readonly { readonly text: string }[] }[];
      };
      const { says = (text) => text, change = (steps) => steps, trailing = 0, isDeaf = false } = script;
      const text = given.input[0]!.content[0]!.text;
      const asked = { id: `resp_${(ids += 1)}`, text, said: says(text), speed, metadata: given.metadata };
      const stop = new AbortController();
      running.set(asked.id, stop);
      open += 1;
      const left = Promise.race([once(closing.signal, 'abort'), once(stop.signal, 'abort')]);
      try {
        for (const step of change(stepsOf(asked))) {
          if (closing.signal.aborted) return;
          if (stop.signal.aborted) break;
          if (step.kind === 'message') send(step.body);
          else if (step.kind === 'wait') await Promise.race([sleep(step.ms), left]);
          else if (step.kind === 'hang') await left;
          else if (step.kind === 'close') connection.close(step.code);
          else if (step.how === 'rst') raw.resetAndDestroy();
          else raw.destroy();
          hasSpoken = true;
          // Other responses have their turn, and what the client sends is heard.
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (!stop.signal.aborted || isDeaf) return;
        for (const delta of runsOf('x'.repeat(trailing), 1)) {
          send({ type: 'response.output_audio.delta', response_id: asked.id, delta });
        }
        send(doneOf(asked, 'cancelled', { reason: 'client_cancelled' }));
      } finally {
        running.delete(asked.id);
        open -= 1;
      }
    };

    const take = (command: Json): void => {
      entry.received.push(command);
      const about = command['event_id'];
      if (command['type'] === 'session.update') {
        const { audio } = command['session'] as { readonly audio: { readonly output: Json } };
        const { voice: wanted = voice, speed: rate = speed } = audio.output as {
          voice?: unknown;
          speed?: number;
        };
        if (refusesSession !== undefined) fail(refusesSession, about);
        else if (hasSpoken && JSON.stringify(wanted) !== JSON.stringify(voice)) {
          fail({ type: 'invalid_request_error', code: 'cannot_update_voice' }, about);
        } else {
          [voice, speed] = [wanted, rate];
          send({ type: 'session.updated', session: { type: 'realtime' } });
        }
      } else if (command['type'] === 'response.create') void respond(command);
      else if (command['type'] === 'response.cancel') {
        const stop = running.get(command['response_id'] as string);
        if (stop === undefined) fail({ type: 'invalid_request_error', code: 'response_cancel_not_active' });
        else stop.abort();
      }
    };
    connection.on('message', (data) => take(JSON.parse((data as Buffer).toString()) as Json));
    send(greeting ?? { type: 'session.created', session: { type: 'realtime', id: 'sess_1' } });
  };

  const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const loopback = await startLoopbackServer((request, response) => {
    if (script.refusal !== undefined) refuseRequest(response, { status: script.refusal.status, body: {} });
    else if (request.url !== '/v1/models') refuseRequest(response, { status: 404, body: {} });
    else {
      const body = { data: [{ id: 'gpt-realtime-2.1-mini', object: 'model' }] };
      refuseRequest(response, { status: 200, body });
    }
  });
  loopback.server.on('upgrade', (request, duplex, head) => {
    const raw = duplex as Socket;
    const { refusal, isMute = false } = script;
    asked += 1;
    if (isMute) {
      ignoreUpgrade(raw);
      waiting.add(raw);
      raw.on('close', () => waiting.delete(raw));
    } else if (refusal !== undefined) refuseUpgrade(raw, refusal);
    else upgrades.handleUpgrade(request, raw, head, (connection) => serve(connection, raw, request));
  });
  return {
    url: `${loopback.url}/v1`,
    sockets: entries,
    received: (type) => entries.flatMap(({ received }) => received.filter((each) => each['type'] === type)),
    openResponses: () => open,
    upgrades: () => asked,
    waiting: () => waiting.size,
    sent: () => sent,
    held: () => entries.reduce((sum, { connection }) => sum + connection.bufferedAmount, 0),
    play: (given) => {
      script = given;
    },
    tell: (event) => {
      for (const { connection } of entries) connection.send(JSON.stringify(event));
    },
    hangUp: async (code) => {
      const live = entries.filter(({ isOpen }) => isOpen);
      const closed = live.map(({ connection }) => once(connection, 'close'));
      for (const { connection } of live) connection.close(code);
      await Promise.all(closed);
    },
    openSockets: () => loopback.openSockets,
    close: async () => {
      for (const { connection } of entries) connection.terminate();
      await loopback.refuse();
    },
  };
};
