import { describe, expect, it } from 'vitest';
import { isOwnOrigin } from './origin.ts';

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
