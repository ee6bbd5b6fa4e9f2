import { describe, expect, it } from 'vitest';
import { errorOfStatus, readRetryAfter, redact } from './http-errors.ts';

const nowMs = Date.UTC(2026, 0, 1);
const asked = (name: string, value: string): number | undefined =>
  readRetryAfter(new Headers({ [name]: value }), nowMs);

describe('status of a provider', () => {
  it.each([
    [301, 'provider.misconfigured'],
    [400, 'provider.rejected'],
    [401, 'provider.misconfigured'],
    [402, 'provider.misconfigured'],
    [403, 'provider.misconfigured'],
    [404, 'provider.misconfigured'],
    [408, 'provider.unavailable'],
    [409, 'provider.rejected'],
    [413, 'provider.rejected'],
    [422, 'provider.rejected'],
    [429, 'provider.rate_limited'],
    [500, 'provider.unavailable'],
    [502, 'provider.unavailable'],
    [503, 'provider.unavailable'],
    [529, 'provider.unavailable'],
  ])('%i is %s', (status, code) => {
    expect(errorOfStatus(status, new Headers(), 'vendor', nowMs)).toMatchObject({
      code,
      details: { host: 'vendor', status },
      retryAfterMs: undefined,
    });
  });

  it.each([429, 503, 529])('%i that says for how long is a wait and no failure', (status) => {
    expect(errorOfStatus(status, new Headers({ 'retry-after': '3' }), 'vendor', nowMs)).toMatchObject({
      code: 'provider.rate_limited',
      retryAfterMs: 3_000,
    });
  });
});

describe('how long a provider wants to be left alone', () => {
  it.each([
    ['retry-after', '3', 3_000],
    ['retry-after', '0.5', 500],
    ['retry-after', '7200', 7_200_000],
    ['retry-after', 'Thu, 01 Jan 2026 00:00:20 GMT', 20_000],
    ['retry-after', 'Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['retry-after', 'soon', undefined],
    ['retry-after', '-3', undefined],
    ['retry-after', '', undefined],
    ['retry-after-ms', '30', 30],
    ['retry-after-ms', 'x', undefined],
    ['x-other', '3', undefined],
  ])('%s: %s is %s ms', (name, value, ms) => {
    expect(asked(name, value)).toBe(ms);
  });
});

describe('what a provider says when it refuses', () => {
  it('loses every secret before it is logged', () => {
    const key = 'abcd-1234';

    const text = redact(
      `<html>Key ${key} or sk-proj99, Bearer xyz and c2VjcmV0LXNlY3JldC1zZWNyZXQ= are wrong</html>`,
      [`Bearer ${key}`, key],
    );

    expect(text).not.toMatch(/abcd|proj99|xyz|c2Vj/);
    expect(text).toMatch(/^<html>Key \[secret\].*wrong<\/html>$/);
  });
});
