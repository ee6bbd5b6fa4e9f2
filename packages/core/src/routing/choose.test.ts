import { describe, expect, it } from 'vitest';
import { type Resting, choose, chooseLastResort } from './choose.ts';

describe('choice of a provider', () => {
  it('is the first that suits and may be called', () => {
    const mayBeCalled = (each: string): boolean => each !== 'a';
    const suits = (each: string): boolean => each !== 'b';

    expect(choose(['a', 'b', 'c', 'd'], mayBeCalled, suits)).toBe('c');
    expect(choose(['a', 'b'], mayBeCalled, suits)).toBeUndefined();
  });

  it.each<{ what: string; resting: Record<string, Resting>; expected: string | undefined }>([
    {
      what: 'the one that opens first',
      resting: { a: { state: 'open', opensInMs: 9 }, b: { state: 'open', opensInMs: 3 } },
      expected: 'b',
    },
    {
      what: 'nobody that asked for its rest or was taken out',
      resting: { a: { state: 'throttled', opensInMs: 1 }, b: { state: 'isolated', opensInMs: 2 } },
      expected: undefined,
    },
    {
      what: 'one that failed before one that asked for its rest',
      resting: { a: { state: 'throttled', opensInMs: 1 }, b: { state: 'open', opensInMs: 9 } },
      expected: 'b',
    },
    {
      what: 'nobody while another is on probation',
      resting: { a: { state: 'halfOpen', opensInMs: 1 }, b: { state: 'open', opensInMs: 2 } },
      expected: undefined,
    },
  ])('as a last resort is $what', ({ resting, expected }) => {
    expect(chooseLastResort(Object.keys(resting), (each) => resting[each]!)).toBe(expected);
  });

  it('as a last resort is one that suits', () => {
    const open = (): Resting => ({ state: 'open', opensInMs: 1 });

    expect(chooseLastResort(['a', 'b'], open, (each) => each === 'b')).toBe('b');
  });
});
