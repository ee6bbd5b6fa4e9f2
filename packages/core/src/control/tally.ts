import type { ControlOutcome } from '../domain/events.ts';

/** How often one thing became of one control at one provider. */
export interface ControlCount {
  readonly stage: ControlOutcome['stage'];
  readonly provider: string;
  readonly field: string;
  readonly result: ControlOutcome['result'];
  readonly count: number;
}

/** Counts outcomes by provider, field and result. Fields are those of the schema, so it stays small. */
export interface ControlTally {
  add(outcomes: readonly ControlOutcome[]): void;
  counts(): readonly ControlCount[];
}

export const createControlTally = (): ControlTally => {
  const counts = new Map<string, ControlCount>();
  return {
    add: (outcomes) => {
      for (const { stage, provider, field, result } of outcomes) {
        const key = [stage, provider, field, result].join(' ');
        const count = (counts.get(key)?.count ?? 0) + 1;
        counts.set(key, { stage, provider, field, result, count });
      }
    },
    counts: () => [...counts.values()],
  };
};
