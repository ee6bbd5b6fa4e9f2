import { TthError } from '@tth/core/plugin';
import type { ErrorRule } from './error-rules.ts';
import { type FailOf, readFailure, toError } from './errors.ts';
import type { DoneResponse } from './realtime-wire.ts';
import { truncated } from './speech-errors.ts';

/** What the vendor says on a socket and nowhere else. */
const ofSockets: readonly ErrorRule[] = [
  { type: ['authentication_error', 'permission_error'], verdict: 'config' },
  { code: ['session_expired'], verdict: 'down' },
];

/** Requests of ours that are refused in a row until it is no accident. */
const invalidInARow = 2;

/** Reads what the vendor complains of. */
export interface Complaints {
  /** `status`, `headers`: of a handshake that was refused. */
  readonly failOf: FailOf;
  /** A sentence was read: what was refused before was an accident. */
  forget(): void;
}

export const createComplaints = (host: string, now: () => number): Complaints => {
  let invalid = 0;
  return {
    failOf: (body, status, headers) => {
      const failure = readFailure(body, status);
      const isInvalid = status === undefined && failure.type === 'invalid_request_error';
      if (isInvalid) invalid += 1;
      const again: readonly ErrorRule[] =
        invalid >= invalidInARow ? [{ type: ['invalid_request_error'], verdict: 'config' }] : [];
      return toError(failure, {
        rules: [...ofSockets, ...again],
        host,
        nowMs: now(),
        ...(headers !== undefined && { headers }),
      });
    },
    forget: () => {
      invalid = 0;
    },
  };
};

const endedAs = (status: string): TthError =>
  new TthError('provider.unavailable', 'The provider stopped reading.', { details: { reason: status } });

/** The failure that the end of a response is; `undefined` for a good one. */
export const errorOfEnd = (
  { status, status_details: details }: DoneResponse,
  failOf: Complaints['failOf'],
): TthError | undefined => {
  if (status === 'completed') return undefined;
  if (status === 'failed') return failOf(details?.error);
  if (status !== 'incomplete') return endedAs(status);
  return details?.reason === 'content_filter' ? failOf({ code: 'content_filter' }) : truncated();
};

/** The model says other things than it was given, again and again. */
export const misreads = (inARow: number): TthError =>
  new TthError('provider.protocol_error', 'The provider does not read what it is given.', {
    details: { reason: 'misread', inARow },
  });
