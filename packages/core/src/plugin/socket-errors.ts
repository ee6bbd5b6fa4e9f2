import { type ErrorCode, TthError } from '../domain/errors.ts';

const messages = {
  'provider.unavailable': 'The provider closed the connection before it was done.',
  'provider.protocol_error': 'The connection to the provider broke the rules of its protocol.',
  'provider.rejected': 'The provider does not accept what it was sent.',
  'provider.misconfigured': 'The provider refuses our key; check the options of its adapter.',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** Close codes that say more than that the connection is gone. */
const codeOfClose: Readonly<Record<number, keyof typeof messages>> = {
  1002: 'provider.protocol_error',
  1003: 'provider.protocol_error',
  1007: 'provider.protocol_error',
  1008: 'provider.rejected',
  1009: 'provider.protocol_error',
  1010: 'provider.protocol_error',
  3000: 'provider.misconfigured',
  3003: 'provider.misconfigured',
};

/** The row of the error table for a connection that was closed with a code. 1006: it was not closed but lost. */
export const errorOfClose = (closeCode: number, host: string): TthError => {
  const code = codeOfClose[closeCode] ?? 'provider.unavailable';
  return new TthError(code, messages[code], { details: { host, closeCode } });
};

/** The name of what went wrong, such as `ECONNRESET`; that of the library for what the other side sent. */
const nameOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** The row for a connection that failed. Messages are not used: they may quote headers. */
export const errorOfSocket = (error: unknown, host: string): TthError => {
  const reason = nameOf(error);
  const code = reason?.startsWith('WS_ERR_') === true ? 'provider.protocol_error' : 'provider.unavailable';
  const message =
    code === 'provider.protocol_error' ? messages[code] : 'The connection to the provider was lost.';
  return new TthError(code, message, { details: { host, reason } });
};

/** The row for one that never came to be. */
export const errorOfHandshake = (error: unknown, host: string): TthError =>
  new TthError('provider.unavailable', 'The provider could not be reached.', {
    details: { host, reason: nameOf(error) },
  });
