import { type ErrorCode, TthError } from '@tth/core/plugin';

/** What went wrong in a task, by the vendor's native name or the one of its compatible mode, in lower case. */
const codes: Readonly<Record<string, ErrorCode>> = {
  invalidparameter: 'provider.misconfigured',
  invalid_parameter_error: 'provider.misconfigured',
  datainspectionfailed: 'provider.rejected',
  data_inspection_failed: 'provider.rejected',
  arrearage: 'provider.misconfigured',
  invalidapikey: 'provider.misconfigured',
  invalid_api_key: 'provider.misconfigured',
  accessdenied: 'provider.misconfigured',
  access_denied: 'provider.misconfigured',
  'model.accessdenied': 'provider.misconfigured',
  modelnotfound: 'provider.misconfigured',
  model_not_found: 'provider.misconfigured',
  throttling: 'provider.rate_limited',
  'throttling.ratequota': 'provider.rate_limited',
  limit_requests: 'provider.rate_limited',
  'throttling.allocationquota': 'provider.rate_limited',
  insufficient_quota: 'provider.rate_limited',
  internalerror: 'provider.unavailable',
  internal_error: 'provider.unavailable',
  serviceunavailable: 'provider.unavailable',
};

const messages: { readonly [Code in ErrorCode]?: string } = {
  'provider.misconfigured':
    'The speech service refuses our key, model, voice or parameters; check the options of its adapter.',
  'provider.rejected': 'The speech service does not speak this text.',
  'provider.rate_limited': 'The speech service has too much to do for our account at present.',
  'provider.unavailable': 'The speech service failed.',
};

/** The row of the error table for a task that failed. A name that is not known is a failure of the service. */
export const errorOfTask = (vendorCode: string): TthError => {
  const name = vendorCode.toLowerCase();
  const code = Object.hasOwn(codes, name) ? codes[name]! : 'provider.unavailable';
  // A name is a word; what is longer may hold anything.
  const details = /^[\w.]{1,64}$/.test(vendorCode) ? { vendorCode } : {};
  return new TthError(code, messages[code]!, { details });
};
