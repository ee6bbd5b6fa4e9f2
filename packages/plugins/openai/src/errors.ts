import { TthError, type ErrorCode, readRetryAfter } from '@tth/core/plugin';
import * as z from 'zod';
import { type ErrorRule, type Verdict, commonErrors } from './error-rules.ts';
import { readReset } from './rate-limits.ts';

/** What a vendor says of a failure, in whatever shape. */
export interface Failure {
  /** Absent for a failure inside a stream. */
  readonly status?: number;
  readonly code?: string;
  readonly type?: string;
  readonly param?: string;
  /** The vendor's own words. They go nowhere: they may quote the user's. */
  readonly says?: string;
}

const word = z.union([z.string(), z.number()]).transform(String);
const fields = z.looseObject({
  code: word.nullish().catch(undefined),
  type: z.string().nullish().catch(undefined),
  param: z.string().nullish().catch(undefined),
  message: z.string().nullish().catch(undefined),
});
const body = z.union([
  z.looseObject({ error: fields }),
  z.looseObject({ error: z.string() }).transform(({ error }) => ({ error: { message: error } })),
  fields.transform((error) => ({ error })),
]);

/** Reads `{"error":{…}}`, `{"error":"…"}` and `{"code":…,"message":…}`; anything else says nothing. */
export const readFailure = (value: unknown, status?: number): Failure => {
  const read = body.safeParse(value);
  const error: z.output<typeof fields> = read.success ? read.data.error : {};
  const asStatus = Number(error.code);
  const isStatus = asStatus >= 400 && asStatus <= 599;
  const known = status ?? (isStatus ? asStatus : undefined);
  return {
    ...(known !== undefined && { status: known }),
    ...(error.code && !isStatus && { code: error.code.toLowerCase() }),
    ...(error.type && { type: error.type.toLowerCase() }),
    ...(error.param && { param: error.param }),
    ...(error.message && { says: error.message }),
  };
};

const matches = (rule: ErrorRule, { status, code, type, says }: Failure): boolean => {
  if (rule.status !== undefined && !(status !== undefined && rule.status.includes(status))) return false;
  if (rule.type !== undefined && !(type !== undefined && rule.type.includes(type))) return false;
  if (rule.says !== undefined && !(says !== undefined && rule.says.test(says))) return false;
  if (rule.code === undefined) return true;
  if (code === undefined) return false;
  return rule.code instanceof RegExp ? rule.code.test(code) : rule.code.includes(code);
};

/** Without a row: a request that is not taken is ours to correct, anything else is the vendor's. */
const byStatus = (status: number | undefined): Verdict =>
  status === undefined || status >= 500 ? 'down' : 'config';

const codes: Readonly<Record<Verdict, ErrorCode>> = {
  config: 'provider.misconfigured',
  surface: 'provider.rejected',
  too_long: 'provider.rejected',
  busy: 'provider.rate_limited',
  down: 'provider.unavailable',
};

const messages: Readonly<Record<Verdict, string>> = {
  config:
    'The provider refuses our key, our account or how it is asked; check the options of its adapter and its account.',
  surface: 'The provider does not answer this text, by its own rules.',
  too_long: 'The conversation is longer than the model can read.',
  busy: 'The provider has too much to do at present.',
  down: 'The provider cannot serve at present.',
};

/** Names that a vendor gives to things, never its sentences. */
const asName = (text: string | null | undefined): string | undefined =>
  text !== undefined && text !== null && /^[\w.[\]:-]{1,64}$/.test(text) ? text : undefined;

export interface ErrorContext {
  /** Of the flavour; they come before the common ones. */
  readonly rules: readonly ErrorRule[];
  readonly host: string;
  readonly nowMs: number;
  readonly headers?: Headers;
}

/** The row of the error table for a failure. `details.reason` is `too_long` where a shorter conversation may pass. */
export const toError = (failure: Failure, { rules, host, nowMs, headers }: ErrorContext): TthError => {
  const rule = [...rules, ...commonErrors].find((each) => matches(each, failure));
  const asked = headers && (readRetryAfter(headers, nowMs) ?? readReset(headers));
  const isOverload = failure.status === 503 || failure.status === 529;
  const verdict = isOverload && asked !== undefined ? 'busy' : (rule?.verdict ?? byStatus(failure.status));
  const retryAfterMs = verdict === 'busy' ? (asked ?? rule?.restMs) : undefined;
  const named = {
    vendorCode: asName(failure.code),
    vendorType: asName(failure.type),
    param: asName(failure.param),
    requestId: asName(headers?.get('x-request-id')),
  };
  return new TthError(codes[verdict], messages[verdict], {
    details: {
      host,
      ...(failure.status !== undefined && { status: failure.status }),
      ...Object.fromEntries(Object.entries(named).filter(([, name]) => name !== undefined)),
      ...(verdict === 'too_long' && { reason: 'too_long' }),
    },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
};

/** The coded error of a failure: of an answer by its status and headers, or of one that is told of inside an answer. */
export type FailOf = (body: unknown, status?: number, headers?: Headers) => TthError;

export const createFailOf =
  (rules: readonly ErrorRule[], host: string, now: () => number): FailOf =>
  (body, status, headers) =>
    toError(readFailure(body, status), { rules, host, nowMs: now(), ...(headers && { headers }) });

/** What a refusal says, parsed; `undefined` where it is no JSON. */
export const readRefusal = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

export const isTooLong = (error: TthError): boolean => error.details['reason'] === 'too_long';
