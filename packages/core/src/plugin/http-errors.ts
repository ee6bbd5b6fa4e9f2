import { type ErrorCode, TthError } from '../domain/errors.ts';

/** Milliseconds that an answer asks us to wait; `undefined` where it does not say so in a way that can be read. */
export const readRetryAfter = (headers: Headers, nowMs: number): number | undefined => {
  const exact = headers.get('retry-after-ms');
  const given = headers.get('retry-after')?.trim();
  if (exact !== null && /^\d+(\.\d+)?$/.test(exact)) return Number(exact);
  if (given === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given) * 1_000;
  // Dates begin with the name of a day; Date.parse alone would make a year of many other things.
  const date = /^[A-Z][a-z]{2,8},? /.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
};

const messages = {
  'provider.misconfigured':
    'The provider refuses our key, or does not know our model or address; check the options of its adapter.',
  'provider.rejected': 'The provider does not accept this request.',
  'provider.rate_limited': 'The provider has too much to do at present.',
  'provider.unavailable': 'The provider cannot serve at present.',
} as const satisfies Partial<Record<ErrorCode, string>>;

const misconfigured = [401, 402, 403, 404, 405];
const overloaded = [503, 529];

const codeOf = (status: number, retryAfterMs: number | undefined): keyof typeof messages => {
  if (status === 429) return 'provider.rate_limited';
  if (overloaded.includes(status) && retryAfterMs !== undefined) return 'provider.rate_limited';
  // A redirect is not followed: it could lead the key elsewhere, or to plain HTTP.
  if (misconfigured.includes(status) || status < 400) return 'provider.misconfigured';
  return status < 500 && status !== 408 ? 'provider.rejected' : 'provider.unavailable';
};

/** The row of the error table for a status that is not 2xx. */
export const errorOfStatus = (status: number, headers: Headers, host: string, nowMs: number): TthError => {
  const retryAfterMs = readRetryAfter(headers, nowMs);
  const code = codeOf(status, retryAfterMs);
  return new TthError(code, messages[code], {
    details: { host, status },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
};

/** The name of a failed connection's reason, such as `ECONNREFUSED`. Messages are not used: they may quote headers. */
export const reasonOf = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
};

const secretLooking = /\b(?:sk|pk|key|token|secret)[-_][\w-]{4,}|\bbearer\s+\S+|[\w+/=-]{24,}/gi;

/** Text of a provider with everything that looks like a secret taken out: the given ones, and what keys look like. */
export const redact = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret.length >= 4)
    .reduce((redacted, secret) => redacted.replaceAll(secret, '[secret]'), text)
    .replaceAll(secretLooking, '[secret]');
