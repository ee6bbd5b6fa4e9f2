import { type Failure, errorTable, isTthError, toFailure } from '@tth/core';
import type { HttpReply } from './connection.ts';

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };

export const json = (status: number, value: unknown): HttpReply => ({
  status,
  headers: { ...jsonHeaders, 'cache-control': 'no-store' },
  body: `${JSON.stringify(value)}\n`,
});

/** An error as an HTTP answer, by the table. Details of typed errors are for the caller; others say nothing. */
export const toHttpReply = (error: unknown): HttpReply => {
  const failure: Failure & { details?: unknown } = toFailure(error);
  const details =
    isTthError(error) && Object.keys(error.details).length > 0 ? { details: error.details } : {};
  const reply = json(errorTable[failure.code].http, { error: { ...failure, ...details } });
  if (failure.retryAfterMs === undefined) return reply;
  return {
    ...reply,
    headers: { ...reply.headers, 'retry-after': String(Math.ceil(failure.retryAfterMs / 1000)) },
  };
};
