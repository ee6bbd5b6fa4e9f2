import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEchoFilter } from './echo-filter.ts';

const filtered = (delivered: string, deltas: readonly string[]): string => {
  const filter = createEchoFilter(delivered);
  return deltas.map((delta) => filter.push(delta)).join('') + filter.flush();
};

describe('what a continuation repeats', () => {
  it.each([
    ['the whole of it', 'Once upon a time', 'Once upon a time there was', ' there was'],
    ['its last words', 'Once upon a time it', 'upon a time it was', ' was'],
    [
      'its unfinished sentence',
      'Well. It was a dark and sto',
      'It was a dark and stormy night.',
      'rmy night.',
    ],
  ])('is left out when it is %s', (_, delivered, continuation, rest) => {
    expect(filtered(delivered, [continuation])).toBe(rest);
    expect(filtered(delivered, continuation.split(''))).toBe(rest);
  });

  it.each([
    ['is new', 'Once upon a time', ' there was'],
    ['is short', 'He said no, no', 'no, no way'],
    ['begins inside a word', 'An understanding of it', 'standing of it was'],
    ['does not reach the end', 'Once upon a time there', 'Once upon a day'],
    ['comes to nothing', 'Once upon a time there', 'Once upon a t'],
  ])('stays when it %s', (_, delivered, continuation) => {
    expect(filtered(delivered, continuation.split(''))).toBe(continuation);
  });

  it('is given out at once when it cannot be a repetition', () => {
    expect(createEchoFilter('Once upon a time').push(' there')).toBe(' there');
  });

  it('is all that is ever left out, however it is cut into deltas', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\u{1f600}'), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 6 }), (delivered, deltas) => {
        const whole = deltas.join('');
        const rest = filtered(delivered, deltas);

        expect(rest).toBe(filtered(delivered, [whole]));
        expect(whole.endsWith(rest)).toBe(true);
        expect(delivered.endsWith(whole.slice(0, whole.length - rest.length))).toBe(true);
      }),
    );
  });
});
