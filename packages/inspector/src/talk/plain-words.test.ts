import { errorCodes } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { inPlainWords } from './plain-words.ts';

describe('plain words', () => {
  it.each(errorCodes)('say what %s means and what to do, without the code', (code) => {
    const { what, todo } = inPlainWords({ code });

    expect(what).toMatch(/\.$/);
    expect(todo).toMatch(/\.$/);
    expect(what + todo).not.toContain(code);
  });

  it('say when to come back if the server says so', () => {
    expect(inPlainWords({ code: 'capacity.overloaded', retryAfterMs: 4_200 }).todo).toBe(
      'Try again in 5 seconds.',
    );
    expect(inPlainWords({ code: 'capacity.overloaded', retryAfterMs: 300 }).todo).toBe(
      'Try again in a second.',
    );
  });
});
