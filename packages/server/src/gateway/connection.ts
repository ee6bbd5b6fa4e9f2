/** One client's socket, whatever carries it. */
export interface Connection {
  readonly id: number;
  sendText(text: string): void;
  sendBytes(bytes: Uint8Array): void;
  /** What was sent and is still here; `onDrain` of the handlers tells when some of it has left. */
  bufferedBytes(): number;
  /** Sends a close frame. Later sends have no effect. */
  close(code: number, reason: string): void;
}

/** What a connection reports to. */
export interface ConnectionHandlers {
  onText(text: string): void;
  onBinary(bytes: Uint8Array): void;
  onDrain(): void;
  onClose(code: number): void;
}

export interface HttpRequest {
  readonly method: string;
  /** Path as sent: neither decoded nor normalised. */
  readonly path: string;
  /** What follows the `?`, as sent. */
  readonly query: string;
  header(name: string): string | undefined;
  /** The whole body. Throws `protocol.message_too_large` above the limit. */
  body(): Promise<Uint8Array>;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** `body` as a stream is sent while it is made, as fast as the client reads. */
export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export type HttpHandler = (request: HttpRequest) => Promise<HttpReply>;

/** What a socket must show before it is opened. */
export interface UpgradeRequest {
  readonly path: string;
  readonly protocols: readonly string[];
  header(name: string): string | undefined;
}

/** Opens a socket, or refuses it with an HTTP status. */
export type UpgradeVerdict =
  | { readonly open: (connection: Connection) => ConnectionHandlers; readonly protocol?: string }
  | { readonly refuse: HttpReply };
