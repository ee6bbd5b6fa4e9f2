import type { AnyStateMachine, StateNode } from 'xstate';

/** A machine as a picture needs it: states, and where their events lead. */
export interface Chart {
  readonly id: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly initial?: string;
  readonly tags: readonly string[];
  readonly invokes: readonly string[];
  readonly on: readonly {
    readonly event: string;
    readonly guard?: string;
    readonly targets: readonly string[];
  }[];
  readonly states: readonly Chart[];
}

const nameOf = (guard: unknown): string | undefined => {
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type);
  return guard === undefined ? undefined : 'condition';
};

// oxlint-disable-next-line typescript/no-explicit-any -- XState's node type has no useful default
const chartOf = (node: StateNode<any, any>): Chart => ({
  id: node.id,
  key: node.key,
  type: node.type,
  ...(node.initial?.target[0] && { initial: node.initial.target[0].id }),
  tags: node.tags,
  invokes: node.invoke.map((invoke) => invoke.id),
  on: [...node.transitions.values()].flat().map((transition) => {
    const guard = nameOf(transition.guard);
    return {
      event: transition.eventType,
      ...(guard !== undefined && { guard }),
      targets: (transition.target ?? []).map((target) => target.id),
    };
  }),
  states: Object.values(node.states).map(chartOf),
});

export const drawChart = (machine: AnyStateMachine): Chart => chartOf(machine.root);
