/** Whose move a failure is. `too_long`: ours, with a shorter conversation. */
export type Verdict = 'config' | 'surface' | 'busy' | 'down' | 'too_long';

/** One row: it matches where everything that it names does. */
export interface ErrorRule {
  readonly status?: readonly number[];
  /** In lower case. */
  readonly code?: readonly string[] | RegExp;
  /** In lower case. */
  readonly type?: readonly string[];
  /** Words of the vendor's own text, only where it has no code for what it says there. */
  readonly says?: RegExp;
  readonly verdict: Verdict;
  /** How long to wait where the vendor does not say. */
  readonly restMs?: number;
}

/** What OpenAI's API says, and whoever speaks it. The first row that matches counts. */
export const commonErrors: readonly ErrorRule[] = [
  { code: ['context_length_exceeded', 'string_above_max_length'], verdict: 'too_long' },
  {
    code: ['content_policy_violation', 'content_filter', 'invalid_prompt', 'bio_policy'],
    verdict: 'surface',
  },
  { code: ['misalignment_policy_violation'], verdict: 'surface' },
  { code: /image/, verdict: 'surface' },
  {
    code: ['insufficient_quota', 'credit_balance_exhausted', 'data_residency_mismatch'],
    verdict: 'config',
  },
  { code: ['invalid_api_key', 'model_not_found'], verdict: 'config' },
  { code: ['rate_limit_exceeded', 'slow_down'], verdict: 'busy' },
  { code: ['server_error', 'vector_store_timeout', 'server_is_overloaded'], verdict: 'down' },
  { status: [400], says: /context (?:length|window)|maximum (?:context|model) length/i, verdict: 'too_long' },
  { status: [413], verdict: 'too_long' },
  { status: [429], verdict: 'busy' },
  { status: [408, 409], verdict: 'down' },
  { status: [501], verdict: 'config' },
];

/** Both vocabularies of Model Studio: that of its compatible mode and its native names. */
export const dashscopeErrors: readonly ErrorRule[] = [
  { code: ['data_inspection_failed', 'datainspectionfailed'], verdict: 'surface' },
  { code: ['arrearage'], verdict: 'config' },
  {
    code: ['limit_requests', 'insufficient_quota', 'throttling'],
    verdict: 'busy',
    restMs: 60_000,
  },
  { code: /^throttling\./, verdict: 'busy', restMs: 60_000 },
  { says: /range of input length/i, verdict: 'too_long' },
  { code: ['invalid_parameter_error', 'invalidparameter', 'invalidapikey'], verdict: 'config' },
  { code: ['access_denied', 'accessdenied', 'model.accessdenied', 'modelnotfound'], verdict: 'config' },
  { code: ['internal_error', 'internalerror', 'serviceunavailable'], verdict: 'down' },
  { status: [429], verdict: 'busy', restMs: 60_000 },
];

/** Its codes are HTTP statuses; only what comes in a stream has to be told by type. */
export const vllmErrors: readonly ErrorRule[] = [
  { type: ['internalservererror'], verdict: 'down' },
  { type: ['notfounderror', 'unprocessableentityerror', 'notimplementederror'], verdict: 'config' },
];

export const ollamaErrors: readonly ErrorRule[] = [
  { type: ['not_found_error'], verdict: 'config' },
  { type: ['api_error'], verdict: 'down' },
];

export const litellmErrors: readonly ErrorRule[] = [
  { type: ['budget_exceeded'], verdict: 'config' },
  { code: ['budget_exceeded'], verdict: 'config' },
];
