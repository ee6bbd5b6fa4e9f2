/** Who may try again, and where: the same place later, another provider now, or nobody. */
export type Retry = 'never' | 'later' | 'other_provider';

/** One row per failure that a caller can meet. `http` and `wsClose` are `null` where the row never ends a request or a socket. */
export interface ErrorRow {
  readonly retry: Retry;
  readonly http: number;
  readonly wsClose: number | null;
  readonly level: 'info' | 'warn' | 'error';
}

/** Router, gateway, logger and docs read this table and nothing else. */
export const errorTable = {
  'protocol.invalid_message': { retry: 'never', http: 400, wsClose: null, level: 'info' },
  'protocol.message_too_large': { retry: 'never', http: 413, wsClose: 4504, level: 'info' },
  'protocol.unsupported_version': { retry: 'never', http: 400, wsClose: 4506, level: 'info' },
  'protocol.controls_refused': { retry: 'never', http: 422, wsClose: null, level: 'info' },
  'protocol.turn_running': { retry: 'later', http: 409, wsClose: null, level: 'info' },
  'protocol.not_found': { retry: 'never', http: 404, wsClose: null, level: 'info' },
  'auth.forbidden': { retry: 'never', http: 403, wsClose: 4502, level: 'info' },
  'capacity.rate_limited': { retry: 'later', http: 429, wsClose: 4007, level: 'info' },
  'capacity.overloaded': { retry: 'later', http: 503, wsClose: 4006, level: 'warn' },
  'capacity.draining': { retry: 'later', http: 503, wsClose: 4001, level: 'info' },
  'provider.unavailable': { retry: 'other_provider', http: 503, wsClose: null, level: 'warn' },
  'provider.timeout': { retry: 'other_provider', http: 504, wsClose: null, level: 'warn' },
  'provider.stalled': { retry: 'other_provider', http: 504, wsClose: null, level: 'warn' },
  'provider.protocol_error': { retry: 'other_provider', http: 502, wsClose: null, level: 'warn' },
  'provider.rate_limited': { retry: 'other_provider', http: 503, wsClose: null, level: 'warn' },
  'provider.rejected': { retry: 'never', http: 422, wsClose: null, level: 'warn' },
  'provider.misconfigured': { retry: 'other_provider', http: 502, wsClose: null, level: 'error' },
  'provider.none_available': { retry: 'later', http: 503, wsClose: null, level: 'warn' },
  'provider.format_mismatch': { retry: 'other_provider', http: 502, wsClose: null, level: 'warn' },
  'session.not_found': { retry: 'never', http: 404, wsClose: 4503, level: 'info' },
  'session.conflict': { retry: 'never', http: 409, wsClose: null, level: 'info' },
  'session.owner_lost': { retry: 'later', http: 503, wsClose: null, level: 'warn' },
  'turn.budget': { retry: 'other_provider', http: 504, wsClose: null, level: 'warn' },
  'turn.deadline': { retry: 'later', http: 504, wsClose: null, level: 'warn' },
  'guard.input_rejected': { retry: 'never', http: 422, wsClose: null, level: 'info' },
  'guard.output_blocked': { retry: 'never', http: 422, wsClose: null, level: 'info' },
  'store.unavailable': { retry: 'later', http: 503, wsClose: null, level: 'error' },
  'config.invalid': { retry: 'never', http: 500, wsClose: null, level: 'error' },
  'config.port_in_use': { retry: 'never', http: 500, wsClose: null, level: 'error' },
  'plugin.invalid': { retry: 'never', http: 500, wsClose: null, level: 'error' },
  'plugin.error': { retry: 'other_provider', http: 502, wsClose: null, level: 'error' },
  'internal.unexpected': { retry: 'never', http: 500, wsClose: 4008, level: 'error' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

const mark = Symbol.for('@tth/error');

export interface TthErrorOptions {
  /** Values a reader needs: names, limits, statuses. Never user text and never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** When waiting helps: how long. */
  readonly retryAfterMs?: number;
}

/** The only error that crosses a border inside TTH. `message` is fixed text: what was expected, what to try. */
export class TthError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: TthErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TthError';
    this.code = code;
    this.details = options.details ?? {};
    this.retryAfterMs = options.retryAfterMs;
    Object.defineProperty(this, mark, { value: true });
  }
}

/** True for a `TthError` of any installed copy of this package. */
export const isTthError = (error: unknown): error is TthError =>
  typeof error === 'object' && error !== null && mark in error;

/** Keeps a `TthError`; turns anything else into `code` with the original as its cause. */
export const toTthError = (error: unknown, code: ErrorCode, message: string): TthError =>
  isTthError(error) ? error : new TthError(code, message, { cause: error });
