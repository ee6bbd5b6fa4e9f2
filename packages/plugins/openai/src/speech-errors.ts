import { type ErrorCode, type Explain, TthError } from '@tth/core/plugin';

/** Messages by code; the vendor's own text may quote what a user said and is never used. */
const messages = {
  'provider.misconfigured':
    'The provider refuses our key, or does not know our model, voice or fields; check the options of its adapter.',
  'provider.rejected': 'The provider does not accept this text.',
  'provider.rate_limited': 'The provider has too much to do at present.',
  'provider.unavailable': 'The provider cannot serve at present.',
  'provider.protocol_error': 'The provider did not answer as was agreed.',
} as const satisfies Partial<Record<ErrorCode, string>>;

export type VoiceErrorCode = keyof typeof messages;

/** What the word means that a provider gives for a failure: `error.code`, else `error.type`. */
export const codeOfWord: Readonly<Record<string, VoiceErrorCode>> = {
  invalid_api_key: 'provider.misconfigured',
  authentication_error: 'provider.misconfigured',
  permission_error: 'provider.misconfigured',
  model_not_found: 'provider.misconfigured',
  insufficient_quota: 'provider.misconfigured',
  credit_balance_exhausted: 'provider.misconfigured',
  billing_hard_limit_reached: 'provider.misconfigured',
  budget_exceeded: 'provider.misconfigured',
  content_policy_violation: 'provider.rejected',
  content_filter: 'provider.rejected',
  invalid_prompt: 'provider.rejected',
  rate_limit_exceeded: 'provider.rate_limited',
  rate_limit_error: 'provider.rate_limited',
  slow_down: 'provider.rate_limited',
  server_error: 'provider.unavailable',
  server_is_overloaded: 'provider.unavailable',
  service_unavailable_error: 'provider.unavailable',
  processing_error: 'provider.unavailable',
  session_expired: 'provider.unavailable',
};

/** Statuses that mean something else here than elsewhere: every field of a request comes from our options. */
const codeOfStatus: Readonly<Record<number, VoiceErrorCode>> = {
  400: 'provider.misconfigured',
  401: 'provider.misconfigured',
  403: 'provider.misconfigured',
  404: 'provider.misconfigured',
  409: 'provider.unavailable',
  422: 'provider.misconfigured',
  429: 'provider.rate_limited',
  500: 'provider.unavailable',
  503: 'provider.unavailable',
};

/** What a provider says of a failure, of whichever make: words we know, and a number that is a status. */
interface Complaint {
  readonly words: readonly string[];
  readonly status: number | undefined;
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** Reads `{error: {code, type}}`, `{detail: {error, type}}` and the error of an event. */
export const readComplaint = (body: unknown): Complaint => {
  const inner = fieldOf(body, 'error') ?? fieldOf(body, 'detail') ?? body;
  const said = [fieldOf(inner, 'code'), fieldOf(inner, 'error'), fieldOf(inner, 'type'), inner];
  const words = said.filter((word): word is string => typeof word === 'string' && Object.hasOwn(codeOfWord, word));
  const status = Number(fieldOf(inner, 'code') ?? Number.NaN);
  return { words, status: Object.hasOwn(codeOfStatus, status) ? status : undefined };
};

/** An error of our table with its fixed message. `details`: values for an operator, never a user's words. */
export const voiceError = (
  code: VoiceErrorCode,
  details: Readonly<Record<string, unknown>>,
  retryAfterMs?: number,
): TthError =>
  new TthError(code, messages[code], { details, ...(retryAfterMs !== undefined && { retryAfterMs }) });

/** A refused call, by the provider's word, else by its status. */
export const explain: Explain = ({ status, body, retryAfterMs }) => {
  const [word] = readComplaint(body).words;
  const code = (word === undefined ? undefined : codeOfWord[word]) ?? codeOfStatus[status];
  return code === undefined ? undefined : voiceError(code, { status, ...(word && { reason: word }) }, retryAfterMs);
};

/** A failure that is told in the middle of an answer. */
export const errorOfEvent = (complaint: unknown): TthError => {
  const {
    words: [word],
    status,
  } = readComplaint(complaint);
  if (word !== undefined) return voiceError(codeOfWord[word]!, { reason: word });
  if (status !== undefined) return voiceError(codeOfStatus[status]!, { status });
  return voiceError('provider.unavailable', { reason: 'error in the answer' });
};

/** The answer ended, but not where it should have. */
export const truncated = (): TthError =>
  new TthError('provider.protocol_error', 'The sound ended before its end.', { details: { reason: 'truncated' } });

/** The answer is well and there is nothing in it. */
export const soundless = (): TthError =>
  new TthError('provider.protocol_error', 'The provider answered with no sound.', { details: { reason: 'empty' } });
