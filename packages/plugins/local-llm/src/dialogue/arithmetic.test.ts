import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sayNumber, solve } from './arithmetic.ts';

describe('arithmetic', () => {
  it.each([
    ['what is 12 times 7', 84],
    ["What's (3 + 4) * 2^3?", 56],
    ['17% of 240', 40.8],
    ['100 + 10%', 110],
    ['200 - 25%', 150],
    ['seven times eight', 56],
    ['twenty-one plus one hundred', 121],
    ['what is three hundred and five minus five', 300],
    ['square root of 144', 12],
    ['5 squared', 25],
    ['half of 9', 4.5],
    ['-5 + 3', -2],
    ['2 - -3', 5],
    ['-2^2', -4],
    ['2^3^2', 512],
    ['1,234.5 * 2', 2469],
    ['12,5 * 2', 25],
    ['6 x 7 =', 42],
    ['was ist 12 mal 7', 84],
    ['combien font 10 divisé par 4', 2.5],
  ])('solves "%s"', (text, value) => {
    const sum = solve(text);

    expect(sum).toEqual({ value: expect.closeTo(value, 9) as number });
  });

  it.each(['1/0', '5 + 3 / (2 - 2)', '0 / 0', 'what is 7 divided by zero'])(
    'names the division by zero in "%s"',
    (text) => {
      expect(solve(text)).toEqual({ trouble: 'division_by_zero' });
    },
  );

  it('declines numbers that nobody could listen to', () => {
    expect(solve('9^9^9')).toEqual({ trouble: 'too_big' });
  });

  it('knows that a negative number has no real root', () => {
    expect(solve('square root of -4')).toEqual({ trouble: 'no_real_root' });
  });

  it.each([
    'hello',
    '42',
    'I have 2 cats and 3 dogs',
    'call 555-1234',
    '1 + ',
    '(1 + 2',
    '1 2 + 3',
    '* 4',
    '-',
    `${'('.repeat(60)}1+1${')'.repeat(60)}`,
    `1${' + 1'.repeat(200)}`,
  ])('leaves "%s" to others', (text) => {
    expect(solve(text)).toBeUndefined();
  });

  it('agrees with the language on sums of products', () => {
    const number = fc.integer({ min: 0, max: 999 });

    fc.assert(
      fc.property(number, number, number, number, (a, b, c, d) => {
        expect(solve(`${a} + ${b} * ${c} - ${d}`)).toEqual({ value: a + b * c - d });
        expect(solve(`(${a} + ${b}) * (${c} - ${d})`)).toEqual({ value: (a + b) * (c - d) });
      }),
    );
  });

  it.each([
    [84, '84'],
    [-2.5, 'minus 2.5'],
    [0.1 + 0.2, '0.3'],
    [1 / 3, 'about 0.333333'],
    [1_234_567, '1234567'],
  ])('says %d as "%s"', (value, spoken) => {
    expect(sayNumber(value)).toBe(spoken);
  });

  it('uses the decimal comma where it belongs', () => {
    expect(sayNumber(-87.5, { tag: 'de', minus: 'minus', about: 'ungefähr' })).toBe('minus 87,5');
  });
});
