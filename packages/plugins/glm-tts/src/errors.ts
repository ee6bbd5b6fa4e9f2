import { type ErrorCode, type Explain, TthError } from '@tth/core/plugin';
import * as z from 'zod';

/** Business codes of the service: whose move it is. */
const codes: Readonly<Record<string, ErrorCode>> = {
  1000: 'provider.misconfigured', // authentication
  1001: 'provider.misconfigured', // no key in the request
  1002: 'provider.misconfigured', // a key that is not valid
  1003: 'provider.misconfigured', // a key that has expired
  1113: 'provider.misconfigured', // no balance
  1200: 'provider.unavailable', // the call failed
  1210: 'provider.misconfigured', // parameters
  1211: 'provider.misconfigured', // model
  1213: 'provider.misconfigured', // a parameter is missing
  1214: 'provider.misconfigured', // a parameter is not valid
  1234: 'provider.unavailable', // network inside the service
  1301: 'provider.rejected', // sensitive content
  1302: 'provider.rate_limited', // concurrency of the account
  1303: 'provider.rate_limited', // frequency of the account
  1304: 'provider.misconfigured', // calls per day
  1305: 'provider.unavailable', // the platform is busy
  1312: 'provider.unavailable', // the model is busy
};

const messages: { readonly [Code in ErrorCode]?: string } = {
  'provider.misconfigured':
    'The speech service refuses our account or our parameters; check the options of its adapter, and the account.',
  'provider.rejected': 'The speech service does not speak this text.',
  'provider.rate_limited': 'The speech service has too much to do for our account at present.',
  'provider.unavailable': 'The speech service failed.',
};

const isKnown = (vendorCode: string): boolean => Object.hasOwn(codes, vendorCode);

/** The row of the error table for a business code; `undefined` for one that is not known. */
const errorOfCode = (
  vendorCode: string,
  more: { readonly status?: number; readonly retryAfterMs?: number | undefined } = {},
): TthError | undefined => {
  if (!isKnown(vendorCode)) return undefined;
  const code = codes[vendorCode]!;
  const { status, retryAfterMs } = more;
  return new TthError(code, messages[code]!, {
    details: { vendorCode, ...(status !== undefined && { status }) },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
};

const businessCode = z.object({
  error: z.object({ code: z.union([z.string(), z.number()]).transform(String) }),
});

/** The business code in a refusal or in an event. */
export const readCode = (body: unknown): string | undefined => businessCode.safeParse(body).data?.error.code;

/** The same for a failure in the middle of an answer. A code that is not known is a failure of the service. */
export const errorOfEvent = (vendorCode: string): TthError =>
  errorOfCode(vendorCode) ?? new TthError('provider.unavailable', messages['provider.unavailable']!);

/** A 400 without a code that we know is about parameters: nothing else in a request of ours can be at fault. */
export const explain: Explain = ({ status, body, retryAfterMs }) =>
  errorOfCode(readCode(body) ?? (status === 400 ? '1210' : ''), { status, retryAfterMs });
