import type { ChartState } from '@tth/protocol';
import { eventLabel } from './labels.ts';

/** A transition as a line inside the box of its source. `y` is its middle. */
export interface TransitionRow {
  readonly label: string;
  /** Keys of the targets; empty for a transition that stays where it is. */
  readonly targets: readonly string[];
  readonly y: number;
}

/** One state as a rectangle. `path` is its state value in dots; the root's is empty. Lengths are in pixels. */
export interface StateBox {
  readonly path: string;
  readonly key: string;
  readonly type: ChartState['type'];
  readonly depth: number;
  readonly initial: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly invokes: readonly { readonly label: string; readonly y: number }[];
  readonly rows: readonly TransitionRow[];
}

/** An arrow from a row of `from` to the title of `to`. */
export interface ChartEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A chart ready to draw. Boxes come parents first. */
export interface ChartLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly StateBox[];
  readonly edges: readonly ChartEdge[];
}

const charPx = 6.7;
const titleCharPx = 7.6;
const titlePx = 32;
const rowPx = 19;
const padPx = 14;
const gapPx = 18;
const rootGapPx = 12;
const minWidthPx = 190;
const lanePx = 13;
const marginPx = 8;
/** Where arrows enter a box, below its top edge. */
const entryPx = titlePx / 2;

type Transition = ChartState['on'][number];

const transitionLabel = ({ event, guard }: Transition): string =>
  guard === undefined ? eventLabel(event) : `${eventLabel(event)} [${guard}]`;

const invokeLabel = (invoke: string): string => `runs ${invoke}`;

interface Node {
  readonly state: ChartState;
  readonly path: string;
  readonly depth: number;
  readonly initial: boolean;
  readonly children: readonly Node[];
}

const toNode = (state: ChartState, path: string, depth: number, initial: boolean): Node => ({
  state,
  path,
  depth,
  initial,
  children: state.states.map((child) =>
    toNode(child, path === '' ? child.key : `${path}.${child.key}`, depth + 1, child.id === state.initial),
  ),
});

const flatten = (node: Node): readonly Node[] => [node, ...node.children.flatMap(flatten)];

const bodyPx = ({ state }: Node): number => {
  const lines = state.invokes.length + state.on.length;
  return lines === 0 ? 0 : lines * rowPx + 8;
};

const heightPx = (node: Node): number => {
  const own = titlePx + bodyPx(node);
  if (node.children.length === 0) return own;
  const inner = node.children.reduce((sum, child) => sum + heightPx(child) + gapPx, -gapPx);
  return own + rootGapPx + inner + padPx;
};

const widthPx = (node: Node, keyOf: (id: string) => string): number => {
  const rows = node.state.on.map((transition) => {
    const targets = transition.targets.map(keyOf).join(', ');
    return (transitionLabel(transition).length + targets.length + 4) * charPx + padPx * 2;
  });
  const invokes = node.state.invokes.map((invoke) => invokeLabel(invoke).length * charPx + padPx * 2);
  const title = (node.state.key.length + 3) * titleCharPx + padPx * 2;
  const children = node.children.map((child) => widthPx(child, keyOf) + padPx * 2);
  return Math.ceil(Math.max(minWidthPx, title, ...rows, ...invokes, ...children));
};

/** Places a node and everything inside it: states under each other, all as wide as their parent allows. */
const place = (
  node: Node,
  x: number,
  y: number,
  width: number,
  keyOf: (id: string) => string,
): readonly StateBox[] => {
  const { state } = node;
  let lineY = y + titlePx + rowPx / 2;
  const nextLine = () => {
    const at = lineY;
    lineY += rowPx;
    return at;
  };
  const invokes = state.invokes.map((invoke) => ({ label: invokeLabel(invoke), y: nextLine() }));
  const rows = state.on.map((transition) => ({
    label: transitionLabel(transition),
    targets: transition.targets.map(keyOf),
    y: nextLine(),
  }));
  const { path, depth, initial } = node;
  const height = heightPx(node);
  const box = { path, key: state.key, type: state.type, depth, initial, x, y, width, height, invokes, rows };
  let childY = y + titlePx + bodyPx(node) + rootGapPx;
  const inner = node.children.flatMap((child) => {
    const boxes = place(child, x + padPx, childY, width - padPx * 2, keyOf);
    childY += heightPx(child) + gapPx;
    return boxes;
  });
  return [box, ...inner];
};

/** Gives every target a vertical lane right of the boxes; lanes whose spans overlap lie beside each other. */
const assignLanes = (
  spans: ReadonlyMap<string, readonly [top: number, bottom: number]>,
): ReadonlyMap<string, number> => {
  const taken: (readonly [number, number])[][] = [];
  const lanes = new Map<string, number>();
  const shortestFirst = [...spans].sort(([, a], [, b]) => a[1] - a[0] - (b[1] - b[0]));
  for (const [target, span] of shortestFirst) {
    const isFree = (lane: readonly (readonly [number, number])[]) =>
      lane.every(([top, bottom]) => bottom + 6 < span[0] || top - 6 > span[1]);
    const found = taken.findIndex(isFree);
    const lane = found === -1 ? taken.length : found;
    (taken[lane] ??= []).push(span);
    lanes.set(target, lane);
  }
  return lanes;
};

interface Link {
  readonly from: StateBox;
  readonly to: StateBox;
  readonly row: TransitionRow;
}

/** A step to the state right below needs no lane. */
const isNextBelow = ({ from, to }: Link): boolean =>
  from.depth === to.depth && from.x === to.x && Math.abs(to.y - (from.y + from.height) - gapPx) < 1;

const downEdge = ({ from, to, row }: Link): ChartEdge => {
  const x = from.x + 34;
  return {
    from: from.path,
    to: to.path,
    label: row.label,
    points: [
      [x, from.y + from.height],
      [x, to.y],
    ],
  };
};

const laneEdge = ({ from, to, row }: Link, laneX: number): ChartEdge => ({
  from: from.path,
  to: to.path,
  label: row.label,
  points: [
    [from.x + from.width, row.y],
    [laneX, row.y],
    [laneX, to.y + entryPx],
    [to.x + to.width, to.y + entryPx],
  ],
});

const toLinks = (nodes: readonly Node[], boxes: readonly StateBox[]): readonly Link[] => {
  const boxOf = new Map(boxes.map((box) => [box.path, box]));
  const pathOf = new Map(nodes.map((node) => [node.state.id, node.path]));
  return nodes.flatMap((node) => {
    const from = boxOf.get(node.path);
    if (!from) return [];
    return node.state.on.flatMap(({ targets }, index) => {
      const row = from.rows[index];
      return targets.flatMap((target) => {
        const to = boxOf.get(pathOf.get(target) ?? '?');
        return row && to && to !== from ? [{ from, to, row }] : [];
      });
    });
  });
};

/**
 * Draws a machine's chart as boxes and arrows. States stand under each other in the order they are written, inner
 * ones inside outer ones; arrows that do not lead to the next state run in lanes at the right, one per target.
 */
export const layoutChart = (chart: ChartState): ChartLayout => {
  const root = toNode(chart, '', 0, false);
  const nodes = flatten(root);
  const keys = new Map(nodes.map((node) => [node.state.id, node.state.key]));
  const keyOf = (id: string) => keys.get(id) ?? id;
  const width = widthPx(root, keyOf);
  const boxes = place(root, marginPx, marginPx, width, keyOf);

  const links = toLinks(nodes, boxes);
  const far = links.filter((link) => !isNextBelow(link));
  const spans = new Map<string, readonly [number, number]>();
  for (const { row, to } of far) {
    const entryY = to.y + entryPx;
    const [top, bottom] = spans.get(to.path) ?? [entryY, entryY];
    spans.set(to.path, [Math.min(top, row.y), Math.max(bottom, row.y)]);
  }
  const lanes = assignLanes(spans);
  const laneX = (target: string) => marginPx + width + 16 + (lanes.get(target) ?? 0) * lanePx;
  const edges = links.map((link) =>
    isNextBelow(link) ? downEdge(link) : laneEdge(link, laneX(link.to.path)),
  );

  const laneCount = Math.max(0, ...[...lanes.values()].map((lane) => lane + 1));
  return {
    width: marginPx * 2 + width + (laneCount === 0 ? 0 : 16 + laneCount * lanePx),
    height: marginPx * 2 + heightPx(root),
    boxes,
    edges,
  };
};

/** Every state that is active at a dotted state value, outer ones and the root (`''`) included. Regions are parted by commas. */
export const activePaths = (value: string): ReadonlySet<string> => {
  const paths = new Set<string>(['']);
  for (const region of value.split(/[\s,|]+/)) {
    const keys = region.split('.').filter((key) => key !== '');
    keys.forEach((_key, index) => paths.add(keys.slice(0, index + 1).join('.')));
  }
  return paths;
};
