import { once } from 'node:events';
import { WebSocket } from 'ws';
import {
  type ClientMessageInput,
  type MediaFrame,
  type ServerMessage,
  type ServerMessageOf,
  decodeMediaFrame,
  protocolVersion,
  subprotocol,
} from '@tth/protocol';

export type PictureKind = 'pose' | 'h264';

/** What a talker reports: each message as it arrives, with its time. */
export interface Ear {
  event?(event: ServerMessage, atMs: number): void;
  media?(frame: MediaFrame, atMs: number): void;
}

/** A client that checks nothing, so that its own work is small. */
export interface Talker {
  send(message: ClientMessageInput): void;
  /** Replaces the earlier ear. */
  listen(ear: Ear): void;
  /** The next event of this type to arrive from now on. */
  next<Type extends ServerMessage['type']>(type: Type): Promise<ServerMessageOf<Type>>;
  close(): Promise<void>;
}

export const connectTalker = async (url: string, video: readonly PictureKind[] = []): Promise<Talker> => {
  const socket = new WebSocket(url, [subprotocol], { perMessageDeflate: false });
  socket.binaryType = 'nodebuffer';
  await once(socket, 'open');
  const closed = once(socket, 'close');
  const waiting = new Map<string, (event: ServerMessage) => void>();
  let ear: Ear = {};
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    const atMs = performance.now();
    if (isBinary) {
      ear.media?.(decodeMediaFrame(data), atMs);
      return;
    }
    const event = JSON.parse(data.toString('utf8')) as ServerMessage;
    ear.event?.(event, atMs);
    const resume = waiting.get(event.type);
    waiting.delete(event.type);
    resume?.(event);
  });
  const talker: Talker = {
    send: (message) => socket.send(JSON.stringify(message)),
    listen: (given) => {
      ear = given;
    },
    next: (type) =>
      new Promise((resolve) => {
        waiting.set(type, (event) => resolve(event as ServerMessageOf<typeof type>));
      }),
    close: async () => {
      socket.close();
      await closed;
    },
  };
  const greeted = talker.next('session_created');
  talker.send({ type: 'hello', v: protocolVersion, accepts: { audio: ['pcm_s16le'], video: [...video] } });
  await greeted;
  return talker;
};

export const connectTalkers = (
  url: string,
  count: number,
  video: readonly PictureKind[] = [],
): Promise<Talker[]> => Promise.all(Array.from({ length: count }, () => connectTalker(url, video)));
