import { describe, expect, it } from 'vitest';
import { secretRef } from './services.ts';

describe('the option that names a secret', () => {
  it.each<[given: unknown, secret: string]>([
    [undefined, 'ACME_KEY'],
    ['OTHER_KEY', 'OTHER_KEY'],
    [{ secret: 'OTHER_KEY' }, 'OTHER_KEY'],
  ])('reads %j as the secret %s', (given, secret) => {
    expect(secretRef('ACME_KEY').parse(given)).toEqual({ secret });
  });

  it('has to be given where no name is meant', () => {
    expect(secretRef().safeParse(undefined).success).toBe(false);
  });

  it('refuses a key in the place of its name, and does not repeat it', () => {
    const key = 'sk-very-secret';

    const { success, error } = secretRef('ACME_KEY').safeParse(key);

    expect(success).toBe(false);
    expect(error?.issues[0]?.message).toContain('name of a secret');
    expect(JSON.stringify(error)).not.toContain(key);
  });
});
