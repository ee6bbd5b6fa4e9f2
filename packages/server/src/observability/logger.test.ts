import { TthError } from '@tth/core';
import { describe, expect, it } from 'vitest';
import { errorFields } from './logger.ts';

describe('an error in a log line', () => {
  it.each(['config.invalid', 'provider.unavailable'] as const)('is its code and details for %s', (code) => {
    const error = new TthError(code, 'It is so.', { details: { host: 'acme.example' } });

    expect(errorFields(error)).toEqual({ code, message: 'It is so.', details: { host: 'acme.example' } });
  });

  it.each([new TthError('plugin.error', 'It threw.'), new Error('It threw.')])(
    'has its stack where the code is at fault: %s',
    (error) => {
      expect(errorFields(error)).toMatchObject({ stack: expect.stringContaining('logger.test.ts') });
    },
  );
});
