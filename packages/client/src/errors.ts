import type { WireError, WireErrorCode } from '@tth/protocol';

/** Refusals of the server, and what can go wrong on this side of the wire. */
export type ClientErrorCode =
  | WireErrorCode
  | 'client.not_connected'
  | 'client.too_many_commands'
  | 'client.connection_refused'
  | 'client.session_lost'
  | 'client.closed'
  | 'client.video_failed';

/** What an app can catch. Test `code`; the message is for people and says what to do next. */
export class TthClientError extends Error {
  override readonly name = 'TthClientError';
  readonly code: ClientErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** True for errors of this package, however many copies of it are installed. */
export const isTthClientError = (error: unknown): error is TthClientError =>
  error instanceof Error && error.name === 'TthClientError' && 'code' in error;

/** A refusal of the server as something to throw. */
export const fromWire = ({ code, message, retryable, retryAfterMs }: WireError): TthClientError =>
  new TthClientError(code, message, { retryable, retryAfterMs });
