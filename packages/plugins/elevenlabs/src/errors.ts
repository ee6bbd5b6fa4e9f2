import { type ErrorCode, type Explain, type Socket, TthError, isTthError } from '@tth/core/plugin';
import * as z from 'zod';

interface Row {
  readonly code: ErrorCode;
  readonly message: string;
}

const misconfigured = (message: string): Row => ({ code: 'provider.misconfigured', message });
const busy: Row = { code: 'provider.rate_limited', message: 'ElevenLabs has too much to do at present.' };
const tooMany: Row = {
  code: 'provider.rate_limited',
  message: 'The ElevenLabs plan allows no more speech at one time.',
};
const key = misconfigured('ElevenLabs refuses the key; check apiKey.');
const noCredits = misconfigured('The ElevenLabs account has no credits left.');
const request = misconfigured(
  'ElevenLabs does not take this request; check the options of the adapter against the model.',
);

/** What ElevenLabs calls its errors, over HTTP and in a socket's last message. */
export const vendorErrors = {
  max_character_limit_exceeded: misconfigured('The text is longer than the ElevenLabs model takes.'),
  voice_not_found: misconfigured('ElevenLabs knows no such voice; check the ids of the voices.'),
  model_not_found: misconfigured('ElevenLabs knows no such model; check model.'),
  invalid_api_key: key,
  missing_permissions: misconfigured('The ElevenLabs key has no permission for speech.'),
  needs_authorization: key,
  authentication_required: key,
  quota_exceeded: noCredits,
  detected_unusual_activity: misconfigured('ElevenLabs has blocked the account for unusual activity.'),
  only_for_creator: misconfigured('The ElevenLabs plan does not include this format or feature.'),
  too_many_concurrent_requests: tooMany,
  concurrent_limit_exceeded: tooMany,
  rate_limit_exceeded: busy,
  system_busy: busy,
  input_timeout_exceeded: {
    code: 'provider.unavailable',
    message: 'ElevenLabs closed a socket that was idle.',
  },
  max_active_conversations: {
    code: 'provider.unavailable',
    message: 'ElevenLabs has too many sentences open on one socket.',
  },
  invalid_input_message: request,
} as const satisfies Readonly<Record<string, Row>>;

type VendorError = keyof typeof vendorErrors;

const isKnown = (name: string): name is VendorError => Object.hasOwn(vendorErrors, name);

/** Kin such as `only_for_pro+` are rows of their family. */
const rowNameOf = (name: string): VendorError | undefined => {
  if (isKnown(name)) return name;
  return name.startsWith('only_for_') ? 'only_for_creator' : undefined;
};

/** The plan's bound on speech at one time was met. */
export const isConcurrencyLimit = (error: unknown): boolean =>
  isTthError(error) &&
  (error.details['reason'] === 'too_many_concurrent_requests' ||
    error.details['reason'] === 'concurrent_limit_exceeded');

const errorOf = (
  name: string,
  details: Readonly<Record<string, unknown>>,
  retryAfterMs?: number,
): TthError | undefined => {
  const reason = rowNameOf(name);
  if (reason === undefined) return undefined;
  const { code, message } = vendorErrors[reason];
  const waitMs = retryAfterMs ?? (vendorErrors[reason] === tooMany ? slotPatienceMs : undefined);
  return new TthError(code, message, {
    details: { ...details, reason },
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  });
};

/** A slot is free again within this time, or somebody else should speak. */
export const slotPatienceMs = 200;

const named = z.object({ code: z.string().nullish(), status: z.string().nullish() });
/** Three shapes: the present one, the older one without `code`, and a list of what is wrong with fields. */
const refusalBody = z.object({ detail: z.union([named, z.array(z.unknown())]) });

/** An answer that is no success, in ElevenLabs' own words. */
export const explain: Explain = ({ status, body, retryAfterMs }) => {
  const { data } = refusalBody.safeParse(body);
  const name =
    data === undefined || Array.isArray(data.detail) ? '' : (data.detail.code ?? data.detail.status ?? '');
  const known = errorOf(name, { status }, retryAfterMs);
  if (known !== undefined || status !== 422) return known;
  return new TthError(request.code, request.message, { details: { status } });
};

/** A socket's error message. What is not in the table counts as a failure of the vendor. */
export const errorOfMessage = (name: string): TthError =>
  errorOf(name, {}) ?? new TthError('provider.unavailable', 'ElevenLabs ended the socket with an error.');

/**
 * Why a socket ended. ElevenLabs closes with 1008 for everything, and its error message says why; where there was
 * none, the reason of the close may.
 */
export const errorOfEnd = async (error: unknown, { closed }: Pick<Socket, 'closed'>): Promise<unknown> => {
  if (!isTthError(error) || error.details['closeCode'] !== 1008) return error;
  const { reason } = await closed;
  return errorOfMessage(reason.match(/[a-z]+(?:_[a-z]+)+/)?.[0] ?? '');
};
