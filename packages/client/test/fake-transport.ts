import {
  type ClientMessage,
  type ClientMessageOf,
  type MediaFrame,
  type ServerMessage,
  clientMessage,
  encodeMediaFrame,
  serverMessage,
} from '@tth/protocol';
import type { SocketListener, Transport } from '../src/transport.ts';

type Unsealed<Message> = Message extends ServerMessage
  ? Omit<Message, 'v' | 'sessionId' | 'logId' | 'seq' | 'ts'>
  : never;
/** What a server says, without the envelope. */
export type Said = Unsealed<ServerMessage>;

/** One socket, seen from the server. Everything the client sends is checked against the wire contract. */
export class FakeSocket {
  readonly url: URL;
  readonly received: ClientMessage[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly #client: SocketListener;

  constructor(url: URL, client: SocketListener) {
    this.url = url;
    this.#client = client;
  }

  open(): void {
    this.#client.onOpen();
  }

  lose(code: number, reason = ''): void {
    this.#client.onClose(code, reason);
  }

  event(seq: number, said: Said, { sessionId = 's1', logId = 'l1' } = {}): void {
    const message = serverMessage.parse({ v: 1, sessionId, logId, seq, ts: 0, ...said });
    this.text(JSON.stringify(message));
  }

  text(text: string): void {
    this.#client.onText(text);
  }

  media(frame: MediaFrame): void {
    this.bytes(encodeMediaFrame(frame).buffer as ArrayBuffer);
  }

  bytes(bytes: ArrayBuffer): void {
    this.#client.onBytes(bytes);
  }

  take(text: string): void {
    this.received.push(clientMessage.parse(JSON.parse(text)));
  }

  all<Type extends ClientMessage['type']>(type: Type): ClientMessageOf<Type>[] {
    return this.received.filter((message): message is ClientMessageOf<Type> => message.type === type);
  }

  last<Type extends ClientMessage['type']>(type: Type): ClientMessageOf<Type> {
    const message = this.all(type).at(-1);
    if (message === undefined) throw new Error(`the client sent no ${type}`);
    return message;
  }
}

/** A network that does what the test says. */
export const createFakeTransport = () => {
  const sockets: FakeSocket[] = [];
  const transport: Transport = {
    connect(url, _subprotocol, listener) {
      const socket = new FakeSocket(url, listener);
      sockets.push(socket);
      return {
        send: (text) => socket.take(text),
        close: (code, reason) => {
          socket.closed ??= { code, reason };
        },
      };
    },
  };
  const newest = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('the client did not connect');
    return socket;
  };
  return { transport, sockets, newest };
};

/** What a session's first answer says besides the envelope. */
export const sessionView = {
  token: 'secret-1',
  persona: { id: 'mira', name: 'Mira', language: 'en', identity: 'mira' },
  audio: { codec: 'pcm_s16le', sampleRateHz: 24_000 },
  video: 'pose',
  limits: { maxTextLength: 4_000, aheadMs: 400, resumeWindowMs: 120_000 },
} as const;
