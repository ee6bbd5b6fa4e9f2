import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Resting, choose, chooseLastResort, inOrder } from './choose.ts';

const candidate = (id: string, priority: number, weight = 1) => ({
  adapter: { id },
  priority,
  weight,
  tags: [],
});
const idsOf = (candidates: readonly { readonly adapter: { readonly id: string } }[]): string[] =>
  candidates.map(({ adapter }) => adapter.id);
const conversations = Array.from({ length: 4_000 }, (_, number) => `s_${number}`);
const shareOf = (candidates: Parameters<typeof inOrder>[0], id: string): number =>
  conversations.filter((each) => inOrder(candidates, each)[0]?.adapter.id === id).length /
  conversations.length;

describe('order of candidates', () => {
  it('is by priority, whatever their weights are', () => {
    const given = [candidate('c', 3, 100), candidate('a', 1, 0.1), candidate('b', 2)];

    expect(idsOf(inOrder(given, 's_1'))).toEqual(['a', 'b', 'c']);
  });

  it('shares conversations among equals by weight', () => {
    const given = [candidate('heavy', 1, 3), candidate('light', 1, 1), candidate('later', 2, 9)];

    expect(shareOf(given, 'heavy')).toBeCloseTo(0.75, 1);
    expect(shareOf(given, 'light')).toBeCloseTo(0.25, 1);
  });

  it('asks a candidate without weight last among equals', () => {
    const given = [candidate('idle', 1, 0), candidate('busy', 1, 1)];

    expect(shareOf(given, 'idle')).toBe(0);
    expect(idsOf(inOrder(given, 's_1'))).toEqual(['busy', 'idle']);
  });

  it('is the same for a conversation each time, and hardly another when somebody joins', () => {
    fc.assert(
      fc.property(fc.uuid(), (conversation) => {
        const before = [candidate('a', 1), candidate('b', 1), candidate('c', 1)];
        const after = [...before, candidate('d', 1)];

        const withoutNewcomer = idsOf(inOrder(after, conversation)).filter((id) => id !== 'd');

        expect(withoutNewcomer).toEqual(idsOf(inOrder(before, conversation)));
      }),
    );
  });
});

describe('choice of a provider', () => {
  it('is the first that may serve', () => {
    const mayServe = (each: string): boolean => each !== 'a' && each !== 'b';

    expect(choose(['a', 'b', 'c', 'd'], mayServe)).toBe('c');
    expect(choose(['a', 'b'], mayServe)).toBeUndefined();
  });

  it('passes over one that is not preferred while another may serve', () => {
    const prefers = (each: string): boolean => each !== 'slow';

    expect(choose(['slow', 'quick'], () => true, prefers)).toBe('quick');
    expect(choose(['slow', 'quick'], (each) => each === 'slow', prefers)).toBe('slow');
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
});
