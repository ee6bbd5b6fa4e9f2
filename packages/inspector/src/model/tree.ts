import { type ActorView, type InspectorModel, isFinished } from '../feed/fold.ts';

/** An actor with those it started, in the order they appeared. */
export interface ActorNode {
  readonly view: ActorView;
  readonly children: readonly ActorNode[];
}

/** One session, or `process` for what outlives sessions. */
export interface SystemNode {
  readonly id: string;
  readonly roots: readonly ActorNode[];
  readonly finished: boolean;
}

const processSystem = 'process';

const rank = (system: SystemNode): number => {
  if (system.id === processSystem) return 0;
  return system.finished ? 2 : 1;
};

/** Systems with their actors as trees: `process` first, then running sessions, newest first, then ended ones. */
export const toSystems = (actors: InspectorModel['actors']): readonly SystemNode[] => {
  const childrenOf = new Map<string, ActorView[]>();
  const rootsOf = new Map<string, ActorView[]>();
  for (const view of actors.values()) {
    const { parent, system } = view.row;
    const known = parent !== null && actors.has(parent);
    const [groups, key] = known ? [childrenOf, parent] : [rootsOf, system];
    groups.set(key, [...(groups.get(key) ?? []), view]);
  }
  const toNode = (view: ActorView): ActorNode => ({
    view,
    children: (childrenOf.get(view.row.actor) ?? []).map(toNode),
  });
  const systems = [...rootsOf].map(([id, roots]) => ({
    id,
    roots: roots.map(toNode),
    finished: roots.every((root) => isFinished(root.row)),
  }));
  return systems.toReversed().sort((a, b) => rank(a) - rank(b));
};

/** The breakers: every actor whose machine is the circuit, by name. */
export const toCircuits = (actors: InspectorModel['actors']): readonly ActorView[] =>
  [...actors.values()]
    .filter((view) => view.row.machine === 'circuit')
    .sort((a, b) => a.row.name.localeCompare(b.row.name));

/** What to show while nobody has chosen: a running session's root, else anything with a chart. */
export const chooseActor = (model: InspectorModel): string | null => {
  const drawable = [...model.actors.values()].filter(
    ({ row }) => row.machine !== null && model.charts[row.machine] !== undefined,
  );
  const running = drawable.filter(({ row }) => !isFinished(row));
  const session = running.findLast(({ row }) => row.system !== processSystem && row.parent === null);
  return (session ?? running[0] ?? drawable[0])?.row.actor ?? null;
};
