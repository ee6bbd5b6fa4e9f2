import { TthError, errorTable, isTthError } from '../domain/errors.ts';
import type { Failure } from '../domain/events.ts';

/** Whether details are about what the client sent, and so hold nothing that it may not know. */
const isClientsOwn = ({ code, details }: TthError): boolean =>
  code.startsWith('protocol.') && Object.keys(details).length > 0;

/** What a client is told of an error: a typed one as it is, any other without detail. */
export const toFailure = (error: unknown): Failure => {
  const known = isTthError(error)
    ? error
    : new TthError('internal.unexpected', 'Something went wrong here; try again.');
  return {
    code: known.code,
    message: known.message,
    retryable: errorTable[known.code].retry !== 'never',
    ...(known.retryAfterMs !== undefined && { retryAfterMs: known.retryAfterMs }),
    ...(isClientsOwn(known) && { details: known.details }),
  };
};
