import { describe, expect, it } from 'vitest';
import { isFromOwnPage, isOwnOrigin } from './origin.ts';

describe('own origin', () => {
  it.each([
    ['127.0.0.1:8080', undefined],
    ['localhost:8080', 'http://localhost:8080'],
    ['LOCALHOST:8080', 'http://127.0.0.1:8080'],
    ['[::1]:8080', 'http://[::1]:8080'],
  ])('is host %s with origin %s', (host, origin) => {
    expect(isOwnOrigin(host, origin, 8080)).toBe(true);
  });

  it.each([
    [undefined, undefined],
    ['localhost', undefined],
    ['localhost:8081', undefined],
    ['localhost.:8080', undefined],
    ['evil.test:8080', undefined],
    ['localhost:8080', 'null'],
    ['localhost:8080', ''],
    ['localhost:8080', 'https://localhost:8080'],
    ['localhost:8080', 'http://localhost:8080.evil.test'],
    ['localhost:8080', 'http://localhost:8081'],
  ])('is not host %s with origin %s', (host, origin) => {
    expect(isOwnOrigin(host, origin, 8080)).toBe(false);
  });
});

describe('a GET from an own page', () => {
  const from = (headers: Record<string, string>): boolean =>
    isFromOwnPage((name) => ({ host: 'localhost:8080', ...headers })[name]);

  it.each([
    ['a program', {}],
    ['an own page', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8080' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
  ])('may come from %s', (_name, headers) => {
    expect(from(headers)).toBe(true);
  });

  it.each([
    ['a video in a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a page of another origin', { origin: 'http://evil.test' }],
    ['a page without an origin', { origin: 'null' }],
  ])('may not come from %s', (_name, headers) => {
    expect(from(headers)).toBe(false);
  });
});
