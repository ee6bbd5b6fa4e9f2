import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicies } from '../domain/policies.ts';
import { callBudget } from './budget.ts';

const limits = { firstItemMs: 2_000, idleMs: 1_000 };
const shares = { llm: 0.5, tts: 0.25, avatar: 1 };

describe('budget of a call', () => {
  it.each([
    { leftMs: 60_000, stage: 'llm', firstItemMs: 2_000, idleMs: 1_000, isShort: false },
    { leftMs: 3_000, stage: 'llm', firstItemMs: 1_500, idleMs: 1_000, isShort: true },
    { leftMs: 3_000, stage: 'tts', firstItemMs: 750, idleMs: 1_000, isShort: true },
    { leftMs: 3_000, stage: 'avatar', firstItemMs: 2_000, idleMs: 1_000, isShort: false },
    { leftMs: 400, stage: 'avatar', firstItemMs: 400, idleMs: 1_000, isShort: true },
    { leftMs: -5, stage: 'llm', firstItemMs: 0, idleMs: 1_000, isShort: true },
  ] as const)('with $leftMs ms left of the turn gives $stage $firstItemMs ms', (row) => {
    const { leftMs, stage, ...expected } = row;

    expect(callBudget(stage, limits, shares, leftMs)).toEqual(expected);
  });

  it('never waits longer for a first item than the stage allows or than the turn has left', () => {
    fc.assert(
      fc.property(fc.constantFrom('llm', 'tts', 'avatar'), fc.nat(100_000), (stage, leftMs) => {
        const given = callBudget(stage, limits, defaultPolicies.budget, leftMs);

        expect(given.firstItemMs).toBeLessThanOrEqual(Math.min(limits.firstItemMs, leftMs));
      }),
    );
  });
});
