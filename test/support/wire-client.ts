import { WebSocket } from 'ws';
import {
  type ClientMessageInput,
  type MediaFrame,
  type ServerMessage,
  type ServerMessageOf,
  decodeMediaFrame,
  protocolVersion,
  serverMessage,
  subprotocol,
} from '@tth/protocol';

type Heard = { readonly event: ServerMessage } | { readonly media: MediaFrame };

/** A client that speaks the wire protocol and nothing more. Every event is checked against its schema. */
export interface WireClient {
  /** Everything received, in order. */
  readonly log: readonly Heard[];
  readonly events: readonly ServerMessage[];
  readonly media: readonly MediaFrame[];
  readonly closed: Promise<number>;
  send(message: ClientMessageInput): void;
  sendRaw(data: string | Buffer, options?: { binary: boolean }): void;
  /** The next event of this type, counted from the last one that was waited for. */
  next<Type extends ServerMessage['type']>(
    type: Type,
    where?: (event: ServerMessageOf<Type>) => boolean,
  ): Promise<ServerMessageOf<Type>>;
  nextMedia(where?: (frame: MediaFrame) => boolean): Promise<MediaFrame>;
  /** Resolves when a ping sent now has been answered: everything before it has arrived. */
  settled(): Promise<void>;
  close(): void;
  /** Cuts the connection without a close frame. */
  cut(): void;
}

export interface WireOptions {
  readonly path?: string;
  readonly origin?: string;
  readonly video?: ('pose' | 'h264' | 'jpeg' | 'vp8')[];
  /** Has room for everything and reports each sentence as heard when it arrives, so that turns take no time. */
  readonly listensInstantly?: boolean;
  /** False: the socket is opened and nothing is said. */
  readonly hello?: boolean | Partial<Extract<ClientMessageInput, { type: 'hello' }>>;
}

export const connectWire = async (url: string, options: WireOptions = {}): Promise<WireClient> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${options.path ?? '/v1/stream'}`, [subprotocol], {
    ...(options.origin !== undefined && { origin: options.origin }),
  });
  socket.binaryType = 'nodebuffer';
  const log: Heard[] = [];
  const events: ServerMessage[] = [];
  const media: MediaFrame[] = [];
  let cursor = 0;
  let pings = 0;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const resume = waiting;
    waiting = [];
    for (const task of resume) task();
  };
  const closed = new Promise<number>((resolve) =>
    socket.on('close', (code) => {
      resolve(code);
      wake();
    }),
  );
  const failure: { error?: unknown } = {};
  const hear = (frame: MediaFrame): void => {
    const turn = events.find((event) => event.type === 'turn_started' && event.turn === frame.turn);
    if (turn?.turnId === undefined) return;
    client.send({ type: 'playback', turnId: turn.turnId, mediaMs: frame.ptsUs / 1000, ended: true });
  };
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    try {
      if (isBinary) {
        const frame = decodeMediaFrame(data);
        media.push(frame);
        log.push({ media: frame });
        if (options.listensInstantly === true && frame.kind === 'audio' && frame.sentenceEnd) hear(frame);
      } else {
        const event = serverMessage.parse(JSON.parse(data.toString('utf8')));
        events.push(event);
        log.push({ event });
      }
    } catch (error) {
      failure.error = error;
    }
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});

  const find = async <Found>(look: () => Found | undefined): Promise<Found> => {
    for (;;) {
      if (failure.error !== undefined) throw failure.error as Error;
      const found = look();
      if (found !== undefined) return found;
      if (socket.readyState === WebSocket.CLOSED) throw new Error('the connection closed before it came');
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };

  const client: WireClient = {
    log,
    events,
    media,
    closed,
    send: (message) => socket.send(JSON.stringify(message)),
    sendRaw: (data, sendOptions) => socket.send(data, sendOptions ?? { binary: false }),
    next: (type, where = () => true) =>
      find(() => {
        for (let at = cursor; at < log.length; at++) {
          const entry = log[at]!;
          if (!('event' in entry) || entry.event.type !== type) continue;
          const event = entry.event as ServerMessageOf<typeof type>;
          if (!where(event)) continue;
          cursor = at + 1;
          return event;
        }
        return undefined;
      }),
    nextMedia: (where = () => true) =>
      find(() => {
        for (let at = cursor; at < log.length; at++) {
          const entry = log[at]!;
          if (!('media' in entry) || !where(entry.media)) continue;
          cursor = at + 1;
          return entry.media;
        }
        return undefined;
      }),
    settled: async () => {
      pings += 1;
      const mark = pings;
      client.send({ type: 'ping', t: mark });
      await find(() => events.find((event) => event.type === 'pong' && event.t === mark));
    },
    close: () => socket.close(),
    cut: () => socket.terminate(),
  };
  if (options.hello !== false) {
    client.send({
      type: 'hello',
      v: protocolVersion,
      accepts: { audio: ['pcm_s16le'], video: options.video ?? [] },
      ...(typeof options.hello === 'object' && options.hello),
    });
    const resuming = typeof options.hello === 'object' && options.hello.resume !== undefined;
    if (!resuming) await client.next('session_created');
    if (options.listensInstantly === true) client.send({ type: 'credit', audioMs: 60_000, videoMs: 60_000 });
  }
  return client;
};

/** What of a turn came after its terminal event, and how many terminal events it had. */
export const afterTheEnd = (client: WireClient, turnId: string): { terminals: number; late: number } => {
  const turn = client.events.find((event) => event.type === 'turn_started' && event.turnId === turnId);
  const number = turn?.type === 'turn_started' ? turn.turn : -1;
  let terminals = 0;
  let late = 0;
  for (const entry of client.log) {
    const mine = 'event' in entry ? entry.event.turnId === turnId : entry.media.turn === number;
    if (!mine) continue;
    const isEnd =
      'event' in entry && ['turn_completed', 'turn_stopped', 'turn_error'].includes(entry.event.type);
    if (terminals > 0 && !('event' in entry && entry.event.type === 'accepted')) late += 1;
    if (isEnd) terminals += 1;
  }
  return { terminals, late };
};
