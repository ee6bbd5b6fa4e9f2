import { type ActorView, type InspectorModel, isFinished } from '../feed/fold.ts';
import { actorName } from './names.ts';

/** An actor with those it started, in the order they appeared. `hidden`: how many ended ones are left out. */
export interface ActorNode {
  readonly view: ActorView;
  readonly children: readonly ActorNode[];
  readonly hidden: number;
}

/** One session, or `process` for what outlives sessions. */
export interface SystemNode {
  readonly id: string;
  readonly roots: readonly ActorNode[];
  readonly finished: boolean;
}

const processSystem = 'process';
/** Ended actors shown below one parent, and ended sessions shown; the newest of each. */
const endedShown = 4;

/** Everything that runs, and the newest few that have ended, in the order given. */
const withoutOld = <Item>(items: readonly Item[], hasEnded: (item: Item) => boolean): readonly Item[] => {
  const shown = new Set(items.filter(hasEnded).slice(-endedShown));
  return items.filter((item) => !hasEnded(item) || shown.has(item));
};

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
  const toNode = (view: ActorView): ActorNode => {
    const all = childrenOf.get(view.row.actor) ?? [];
    const shown = isFinished(view.row) ? [] : withoutOld(all, (child) => isFinished(child.row));
    return { view, children: shown.map(toNode), hidden: all.length - shown.length };
  };
  const systems = [...rootsOf].map(([id, roots]) => ({
    id,
    roots: roots.map(toNode),
    finished: roots.every((root) => isFinished(root.row)),
  }));
  return withoutOld(systems, (system) => system.finished)
    .toReversed()
    .sort((a, b) => rank(a) - rank(b));
};

/** The breakers: every actor whose machine is the circuit, by name. */
export const toCircuits = (actors: InspectorModel['actors']): readonly ActorView[] =>
  [...actors.values()]
    .filter((view) => view.row.machine === 'circuit')
    .sort((a, b) => actorName(a.row).localeCompare(actorName(b.row)));

/** What to show while nobody has chosen: a running session's root, else anything with a chart. */
export const chooseActor = (model: InspectorModel): string | null => {
  const drawable = [...model.actors.values()].filter(
    ({ row }) => row.machine !== null && model.charts[row.machine] !== undefined,
  );
  const running = drawable.filter(({ row }) => !isFinished(row));
  const session = running.findLast(({ row }) => row.system !== processSystem && row.parent === null);
  return (session ?? running[0] ?? drawable[0])?.row.actor ?? null;
};
