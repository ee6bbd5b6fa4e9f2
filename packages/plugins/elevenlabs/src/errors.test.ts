import { type ErrorCode, type Refusal, TthError } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { errorOfEnd, errorOfMessage, explain, isConcurrencyLimit, vendorErrors } from './errors.ts';

const refusal = (status: number, body: unknown, retryAfterMs?: number): Refusal => ({
  status,
  body,
  retryAfterMs,
  header: () => undefined,
});

type Row = [status: number, name: string, code: ErrorCode, retryAfterMs?: number];
const rows: readonly Row[] = [
  [400, 'max_character_limit_exceeded', 'provider.misconfigured'],
  [400, 'voice_not_found', 'provider.misconfigured'],
  [404, 'voice_not_found', 'provider.misconfigured'],
  [400, 'model_not_found', 'provider.misconfigured'],
  [401, 'invalid_api_key', 'provider.misconfigured'],
  [401, 'missing_permissions', 'provider.misconfigured'],
  [401, 'needs_authorization', 'provider.misconfigured'],
  [401, 'quota_exceeded', 'provider.misconfigured'],
  [401, 'detected_unusual_activity', 'provider.misconfigured'],
  [403, 'only_for_creator+', 'provider.misconfigured'],
  [403, 'only_for_pro+', 'provider.misconfigured'],
  [429, 'too_many_concurrent_requests', 'provider.rate_limited', 200],
  [429, 'concurrent_limit_exceeded', 'provider.rate_limited', 200],
  [429, 'rate_limit_exceeded', 'provider.rate_limited'],
  [429, 'system_busy', 'provider.rate_limited'],
];

describe('refusals over HTTP', () => {
  it.each(rows)('%i %s are %s', (status, name, code, retryAfterMs) => {
    const present = {
      detail: { type: 'x', code: name, message: 'words of a user', status: 'other', request_id: 'r' },
    };
    const older = { detail: { status: name, message: 'words of a user' } };

    for (const body of [present, older]) {
      const error = explain(refusal(status, body));

      expect(error).toMatchObject({ code, retryAfterMs, details: { status } });
      expect(JSON.stringify(error) + error!.message).not.toContain('user');
    }
  });

  it('422 with a list of fields is provider.misconfigured', () => {
    const body = { detail: [{ loc: ['body', 'text'], msg: 'words of a user', type: 'value_error' }] };

    expect(explain(refusal(422, body))).toMatchObject({ code: 'provider.misconfigured' });
  });

  it('wait as long as the answer asks', () => {
    const body = { detail: { code: 'too_many_concurrent_requests' } };

    expect(explain(refusal(429, body, 3_000))).toMatchObject({ retryAfterMs: 3_000 });
  });

  it.each([
    { what: 'a word that is not known', body: { detail: { code: 'brand_new' } } },
    { what: 'a name that every object has', body: { detail: { code: 'toString' } } },
    { what: 'text', body: undefined },
    { what: 'something else', body: { detail: 'no' } },
  ])('with $what are what their status says', ({ body }) => {
    expect(explain(refusal(500, body))).toBeUndefined();
  });
});

describe('errors of a socket', () => {
  it.each([
    ['input_timeout_exceeded', 'provider.unavailable'],
    ['max_active_conversations', 'provider.unavailable'],
    ['invalid_api_key', 'provider.misconfigured'],
    ['authentication_required', 'provider.misconfigured'],
    ['invalid_input_message', 'provider.misconfigured'],
    ['quota_exceeded', 'provider.misconfigured'],
    ['too_many_concurrent_requests', 'provider.rate_limited'],
    ['brand_new', 'provider.unavailable'],
  ])('%s is %s, as a message and as the reason of a close', async (name, code) => {
    const closed = Promise.resolve({ code: 1008, reason: `Closed: ${name}.` });
    const close = new TthError('provider.rejected', 'x', { details: { closeCode: 1008 } });

    expect(errorOfMessage(name)).toMatchObject({ code });
    expect(await errorOfEnd(close, { closed })).toMatchObject({ code });
  });

  it.each([1006, 1011, 1012, 1013])('close code %i stays what the engine makes of it', async (closeCode) => {
    const error = new TthError('provider.unavailable', 'x', { details: { closeCode } });

    expect(await errorOfEnd(error, { closed: new Promise(() => {}) })).toBe(error);
  });

  it('tell the bound on speech at one time from other limits', () => {
    const limits = Object.keys(vendorErrors).filter((name) => isConcurrencyLimit(errorOfMessage(name)));

    expect(limits).toEqual(['too_many_concurrent_requests', 'concurrent_limit_exceeded']);
  });
});
