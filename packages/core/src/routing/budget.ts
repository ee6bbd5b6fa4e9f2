import type { Stage } from '../domain/capabilities.ts';
import type { BudgetPolicy, StageBudget } from '../domain/policies.ts';

/** What a call may take: its stage's limits, or less where the turn has not much time left. */
export interface CallBudget extends StageBudget {
  /** The turn has less time left than the stage allows: being late is not the provider's fault. */
  readonly isShort: boolean;
}

/**
 * Splits what is left of a turn over its stages: before its first item a call may take its stage's share of it,
 * but never more than the stage allows.
 */
export const callBudget = (
  stage: Stage,
  limits: StageBudget,
  shares: BudgetPolicy,
  leftMs: number,
): CallBudget => {
  const firstItemMs = Math.min(limits.firstItemMs, Math.max(0, leftMs) * shares[stage]);
  return { firstItemMs, idleMs: limits.idleMs, isShort: firstItemMs < limits.firstItemMs };
};
