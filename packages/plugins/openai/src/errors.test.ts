import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '@tth/core/plugin';
import { isTooLong, readFailure, toError } from './errors.ts';
import { type FlavourName, flavours } from './flavours.ts';
import { readDuration } from './rate-limits.ts';

interface Row {
  readonly flavour?: FlavourName;
  /** Absent: the failure comes inside a stream. */
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;
  readonly tooLong?: boolean;
}

const openai = (code: string, message = 'No.', type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
});
const native = (code: string, message = 'No.') => ({ code, message, request_id: 'b2' });
const vllm = (code: number, type: string, message = 'No.') => ({
  error: { message, type, param: null, code },
});
const ollama = (type: string) => ({ error: { message: 'No.', type, param: null, code: null } });

const rows: Readonly<Record<string, Row>> = {
  // OpenAI, Chat Completions
  'a prompt that is too long': {
    status: 400,
    body: openai('context_length_exceeded'),
    code: 'provider.rejected',
    tooLong: true,
  },
  'a parameter that the model does not take': {
    status: 400,
    body: openai('unsupported_parameter'),
    code: 'provider.misconfigured',
  },
  'a value that it does not take': {
    status: 400,
    body: openai('unsupported_value'),
    code: 'provider.misconfigured',
  },
  'a schema that is not strict enough': {
    status: 400,
    body: openai('invalid_json_schema'),
    code: 'provider.misconfigured',
  },
  'a text against the content policy': {
    status: 400,
    body: openai('content_policy_violation'),
    code: 'provider.rejected',
  },
  'a prompt that is not answered': { status: 400, body: openai('invalid_prompt'), code: 'provider.rejected' },
  'a wrong key': { status: 401, body: openai('invalid_api_key'), code: 'provider.misconfigured' },
  'a region without service': {
    status: 403,
    body: openai('unsupported_country_region_territory'),
    code: 'provider.misconfigured',
  },
  'an unknown model': { status: 404, body: openai('model_not_found'), code: 'provider.misconfigured' },
  'a request that took too long to come': { status: 408, code: 'provider.unavailable' },
  'a conflict': { status: 409, code: 'provider.unavailable' },
  'too many requests': {
    status: 429,
    body: openai('rate_limit_exceeded'),
    headers: { 'retry-after-ms': '30', 'retry-after': '1' },
    code: 'provider.rate_limited',
    retryAfterMs: 30,
  },
  'too many requests, in seconds': {
    status: 429,
    headers: { 'retry-after': '2' },
    code: 'provider.rate_limited',
    retryAfterMs: 2_000,
  },
  'too many requests, by the limit that is used up': {
    status: 429,
    headers: {
      'x-ratelimit-remaining-requests': '12',
      'x-ratelimit-reset-requests': '250ms',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '1m2s',
    },
    code: 'provider.rate_limited',
    retryAfterMs: 62_000,
  },
  'money that is used up': {
    status: 429,
    body: openai('insufficient_quota'),
    headers: { 'retry-after': '2' },
    code: 'provider.misconfigured',
  },
  'credit that is used up': {
    status: 429,
    body: openai('credit_balance_exhausted'),
    code: 'provider.misconfigured',
  },
  'traffic that grows too fast': {
    status: 429,
    body: openai('slow_down', 'No.', 'rate_limit_error'),
    code: 'provider.rate_limited',
  },
  'a server that fails': { status: 500, body: openai('server_error'), code: 'provider.unavailable' },
  'a page of a proxy': { status: 502, body: undefined, code: 'provider.unavailable' },
  'a server with too much to do': {
    status: 503,
    body: openai('server_is_overloaded', 'No.', 'service_unavailable_error'),
    code: 'provider.unavailable',
  },
  'a server with too much to do that says for how long': {
    status: 503,
    headers: { 'retry-after': '3' },
    code: 'provider.rate_limited',
    retryAfterMs: 3_000,
  },
  'a redirect': { status: 302, code: 'provider.misconfigured' },
  'no money on the account': { status: 402, code: 'provider.misconfigured' },
  // OpenAI, inside a stream
  'a stream that says that the server failed': {
    body: openai('server_error', 'No.', 'server_error'),
    code: 'provider.unavailable',
  },
  'a stream that says nothing but error': { body: { error: {} }, code: 'provider.unavailable' },
  'an answer that the filter ends': {
    body: { error: { code: 'content_filter' } },
    code: 'provider.rejected',
  },
  // OpenAI, Responses
  'a response that failed in the file store': {
    body: { error: { code: 'vector_store_timeout', message: 'No.' } },
    code: 'provider.unavailable',
  },
  'a response over the limit': {
    body: { error: { code: 'rate_limit_exceeded', message: 'No.' } },
    code: 'provider.rate_limited',
  },
  'a response against the rules for biology': {
    body: { error: { code: 'bio_policy', message: 'No.' } },
    code: 'provider.rejected',
  },
  'a response against the rules for models': {
    body: { error: { code: 'misalignment_policy_violation', message: 'No.' } },
    code: 'provider.rejected',
  },
  'a response in the wrong region': {
    body: { error: { code: 'data_residency_mismatch', message: 'No.' } },
    code: 'provider.misconfigured',
  },
  'a response about an image': {
    body: { error: { code: 'image_too_large', message: 'No.' } },
    code: 'provider.rejected',
  },
  // DashScope, both vocabularies
  'DashScope: a wrong parameter': {
    flavour: 'dashscope',
    status: 400,
    body: { ...openai('invalid_parameter_error'), request_id: 'b2' },
    code: 'provider.misconfigured',
  },
  'DashScope: a wrong parameter, native': {
    flavour: 'dashscope',
    status: 400,
    body: native('InvalidParameter'),
    code: 'provider.misconfigured',
  },
  'DashScope: a prompt that is too long': {
    flavour: 'dashscope',
    status: 400,
    body: openai('invalid_parameter_error', 'Range of input length should be [1, 129024]'),
    code: 'provider.rejected',
    tooLong: true,
  },
  'DashScope: content': {
    flavour: 'dashscope',
    status: 400,
    body: openai('data_inspection_failed'),
    code: 'provider.rejected',
  },
  'DashScope: content, native and in the stream': {
    flavour: 'dashscope',
    body: { error: native('DataInspectionFailed') },
    code: 'provider.rejected',
  },
  'DashScope: an account in debt': {
    flavour: 'dashscope',
    status: 400,
    body: native('Arrearage'),
    code: 'provider.misconfigured',
  },
  'DashScope: an account in debt, refused': {
    flavour: 'dashscope',
    status: 403,
    body: openai('Arrearage'),
    code: 'provider.misconfigured',
  },
  'DashScope: a key of another region': {
    flavour: 'dashscope',
    status: 401,
    body: native('InvalidApiKey'),
    code: 'provider.misconfigured',
  },
  'DashScope: no access to a model': {
    flavour: 'dashscope',
    status: 403,
    body: native('Model.AccessDenied'),
    code: 'provider.misconfigured',
  },
  'DashScope: an unknown model': {
    flavour: 'dashscope',
    status: 404,
    body: native('ModelNotFound'),
    code: 'provider.misconfigured',
  },
  'DashScope: too many requests': {
    flavour: 'dashscope',
    status: 429,
    body: openai('limit_requests'),
    code: 'provider.rate_limited',
    retryAfterMs: 60_000,
  },
  'DashScope: too many requests, native': {
    flavour: 'dashscope',
    status: 429,
    body: native('Throttling.RateQuota'),
    code: 'provider.rate_limited',
    retryAfterMs: 60_000,
  },
  'DashScope: too many tokens, which is no lack of money there': {
    flavour: 'dashscope',
    status: 429,
    body: openai('insufficient_quota'),
    code: 'provider.rate_limited',
    retryAfterMs: 60_000,
  },
  'DashScope: a burst, told in words alone': {
    flavour: 'dashscope',
    status: 429,
    body: { error: { message: 'Request rate increased too quickly.' } },
    code: 'provider.rate_limited',
    retryAfterMs: 60_000,
  },
  'DashScope: a server that fails': {
    flavour: 'dashscope',
    status: 500,
    body: native('InternalError'),
    code: 'provider.unavailable',
  },
  'DashScope: no service': {
    flavour: 'dashscope',
    status: 503,
    body: native('ServiceUnavailable'),
    code: 'provider.unavailable',
  },
  // vLLM, whose codes are numbers
  'vLLM: a prompt that is too long': {
    flavour: 'vllm',
    status: 400,
    body: vllm(400, 'BadRequestError', "This model's maximum context length is 16384 tokens."),
    code: 'provider.rejected',
    tooLong: true,
  },
  'vLLM: a wrong request': {
    flavour: 'vllm',
    status: 400,
    body: vllm(400, 'BadRequestError'),
    code: 'provider.misconfigured',
  },
  'vLLM: a wrong key, told by a word': {
    flavour: 'vllm',
    status: 401,
    body: { error: 'Unauthorized' },
    code: 'provider.misconfigured',
  },
  'vLLM: a model that it does not serve': {
    flavour: 'vllm',
    status: 404,
    body: vllm(404, 'NotFoundError'),
    code: 'provider.misconfigured',
  },
  'vLLM: what it cannot process': {
    flavour: 'vllm',
    status: 422,
    body: vllm(422, 'UnprocessableEntityError'),
    code: 'provider.misconfigured',
  },
  'vLLM: what it does not have': {
    flavour: 'vllm',
    status: 501,
    body: vllm(501, 'NotImplementedError'),
    code: 'provider.misconfigured',
  },
  'vLLM: an engine that stopped': {
    flavour: 'vllm',
    body: vllm(500, 'InternalServerError'),
    code: 'provider.unavailable',
  },
  'vLLM: an engine that is loading': { flavour: 'vllm', status: 503, code: 'provider.unavailable' },
  'vLLM: a wrong request that shows in the stream': {
    flavour: 'vllm',
    body: vllm(400, 'BadRequestError'),
    code: 'provider.misconfigured',
  },
  // Ollama
  'Ollama: a wrong request': {
    flavour: 'ollama',
    status: 400,
    body: ollama('invalid_request_error'),
    code: 'provider.misconfigured',
  },
  'Ollama: a model that was not pulled': {
    flavour: 'ollama',
    status: 404,
    body: ollama('not_found_error'),
    code: 'provider.misconfigured',
  },
  'Ollama: a failure': {
    flavour: 'ollama',
    status: 500,
    body: ollama('api_error'),
    code: 'provider.unavailable',
  },
  // LM Studio, whose errors are objects or strings
  'LM Studio: a refusal in a word': {
    flavour: 'lmstudio',
    status: 400,
    body: { error: 'No model loaded' },
    code: 'provider.misconfigured',
  },
  'LM Studio: a prompt that is too long': {
    flavour: 'lmstudio',
    status: 400,
    body: { error: 'The model is loaded with context length of only 4096 tokens.' },
    code: 'provider.rejected',
    tooLong: true,
  },
  'LM Studio: a failure': { flavour: 'lmstudio', status: 500, code: 'provider.unavailable' },
  // LiteLLM, whose codes are statuses as text
  'LiteLLM: a budget that is used up': {
    flavour: 'litellm',
    status: 400,
    body: { error: { message: 'No.', type: 'budget_exceeded', param: null, code: '400' } },
    code: 'provider.misconfigured',
  },
  'LiteLLM: a budget that is used up, as a limit': {
    flavour: 'litellm',
    status: 429,
    body: { error: { message: 'No.', type: 'budget_exceeded', param: null, code: '429' } },
    code: 'provider.misconfigured',
  },
  'LiteLLM: too many requests, seconds without a unit': {
    flavour: 'litellm',
    status: 429,
    body: { error: { message: 'No.', type: 'throttling_error', param: null, code: '429' } },
    headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '7' },
    code: 'provider.rate_limited',
    retryAfterMs: 7_000,
  },
  'LiteLLM: a failure behind it, in the stream': {
    flavour: 'litellm',
    body: { error: { message: 'No.', type: null, param: null, code: '503' } },
    code: 'provider.unavailable',
  },
};

describe('what the failures of vendors mean', () => {
  it.each(Object.entries(rows))('%s', (_name, row) => {
    const { flavour = 'openai', status, body, headers = {} } = row;

    const error = toError(readFailure(body, status), {
      rules: flavours[flavour].errors,
      host: 'vendor.example',
      nowMs: 0,
      headers: new Headers(headers),
    });

    expect(error.code).toBe(row.code);
    expect(error.retryAfterMs).toBe(row.retryAfterMs);
    expect(isTooLong(error)).toBe(row.tooLong ?? false);
  });

  it('keeps names and numbers of a failure, never its words', () => {
    const body = {
      error: { message: 'You said: my secret', code: 'unsupported_value', param: 'temperature', type: 'a b' },
    };

    const error = toError(readFailure(body, 400), {
      rules: [],
      host: 'vendor.example',
      nowMs: 0,
      headers: new Headers({ 'x-request-id': 'req_123' }),
    });

    expect(error.details).toEqual({
      host: 'vendor.example',
      status: 400,
      vendorCode: 'unsupported_value',
      param: 'temperature',
      requestId: 'req_123',
    });
    expect(error.message).not.toContain('secret');
  });

  it.each([
    ['250ms', 250],
    ['1s', 1_000],
    ['6m0s', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['12', 12_000],
    ['soon', undefined],
    ['', undefined],
  ])('reads the duration "%s"', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
  });
});
