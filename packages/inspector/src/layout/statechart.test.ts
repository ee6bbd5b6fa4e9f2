import type { ChartState } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { eventLabel } from './labels.ts';
import { type StateBox, activePaths, layoutChart } from './statechart.ts';

type Rest = Partial<Omit<ChartState, 'id'>>;

const state = (id: string, rest: Rest = {}): ChartState => ({
  id,
  key: id.split('.').at(-1) ?? id,
  type: rest.states?.length ? 'compound' : 'atomic',
  tags: [],
  invokes: [],
  on: [],
  states: [],
  ...rest,
});

const on = (event: string, ...targets: string[]) => ({ event, targets });

const chart = state('turn', {
  initial: 'turn.preparing',
  on: [on('deadline', 'turn.failed')],
  states: [
    state('turn.preparing', {
      invokes: ['prepare'],
      on: [on('prepared', 'turn.running'), on('interrupt', 'turn.stopped')],
    }),
    state('turn.running', {
      initial: 'turn.running.speaking',
      on: [on('interrupt', 'turn.stopped')],
      states: [
        state('turn.running.speaking', { on: [on('audio_end', 'turn.running.draining'), on('metrics')] }),
        state('turn.running.draining', {
          on: [on('drained', 'turn.failed'), on('again', 'turn.running.speaking')],
        }),
      ],
    }),
    state('turn.stopped', { type: 'final' }),
    state('turn.failed', { type: 'final' }),
  ],
});

const layout = layoutChart(chart);
const box = (path: string): StateBox => {
  const found = layout.boxes.find((candidate) => candidate.path === path);
  if (!found) throw new Error(`no box ${path}`);
  return found;
};
const bottom = ({ y, height }: StateBox) => y + height;
const right = ({ x, width }: StateBox) => x + width;
const isInside = (inner: StateBox, outer: StateBox) =>
  inner.x > outer.x && right(inner) < right(outer) && inner.y > outer.y && bottom(inner) < bottom(outer);

describe('statechart layout', () => {
  it('draws one box per state, inner ones inside outer ones', () => {
    expect(layout.boxes.map(({ path }) => path)).toEqual([
      '',
      'preparing',
      'running',
      'running.speaking',
      'running.draining',
      'stopped',
      'failed',
    ]);
    expect(isInside(box('running'), box(''))).toBe(true);
    expect(isInside(box('running.draining'), box('running'))).toBe(true);
  });

  it('keeps states beside each other apart', () => {
    const siblings = ['preparing', 'running', 'stopped', 'failed'].map(box);

    for (const [index, below] of siblings.slice(1).entries()) {
      expect(below.y).toBeGreaterThan(bottom(siblings[index] as StateBox));
    }
  });

  it('marks the state that a machine begins in', () => {
    expect(layout.boxes.filter(({ initial }) => initial).map(({ path }) => path)).toEqual([
      'preparing',
      'running.speaking',
    ]);
  });

  it('lists every transition in the box of its source, each on a line of its own', () => {
    for (const { rows, y, height, invokes } of layout.boxes) {
      const lines = [...invokes, ...rows].map((line) => line.y);
      expect(new Set(lines).size).toBe(lines.length);
      for (const line of lines) expect(line > y && line < y + height).toBe(true);
    }
    expect(box('running.speaking').rows).toMatchObject([
      { label: 'audio_end', targets: ['draining'] },
      { label: 'metrics', targets: [] },
    ]);
  });

  it('leads straight down to the next state, and by a lane at the right to any other', () => {
    const edge = (from: string, to: string) =>
      layout.edges.find((line) => line.from === from && line.to === to);

    const down = edge('preparing', 'running')?.points ?? [];
    expect(down).toHaveLength(2);
    expect(down[0]?.[0]).toBe(down[1]?.[0]);

    const across = edge('preparing', 'stopped')?.points ?? [];
    expect(across).toHaveLength(4);
    expect(across[1]?.[0]).toBeGreaterThan(right(box('')));
    expect(across.at(-1)).toEqual([right(box('stopped')), box('stopped').y + 16]);
  });

  it('never lets two targets share a stretch of a lane', () => {
    const lanes = Map.groupBy(
      layout.edges.filter(({ points }) => points.length === 4),
      ({ to }) => to,
    );
    const spans = [...lanes.values()].map((edges) => {
      const ys = edges.flatMap(({ points }) => points.map(([, y]) => y));
      return { x: edges[0]?.points[1]?.[0], top: Math.min(...ys), bottom: Math.max(...ys) };
    });

    const clashes = spans.flatMap((a, index) =>
      spans.slice(index + 1).filter((b) => a.x === b.x && a.bottom >= b.top && b.bottom >= a.top),
    );
    expect(spans.length).toBeGreaterThan(2);
    expect(clashes).toEqual([]);
  });

  it('draws no arrow for a transition that stays where it is', () => {
    expect(layout.edges.some(({ label }) => label === 'metrics')).toBe(false);
  });

  it('fits everything into its size', () => {
    for (const { points } of layout.edges) {
      for (const [x, y] of points) expect(x <= layout.width && y <= layout.height).toBe(true);
    }
    for (const one of layout.boxes)
      expect(right(one) <= layout.width && bottom(one) <= layout.height).toBe(true);
  });
});

describe('active states', () => {
  it('are the state and every one around it', () => {
    expect([...activePaths('running.speaking')]).toEqual(['', 'running', 'running.speaking']);
  });

  it('are those of every region when several run at once', () => {
    expect(activePaths('open.trust.young, open.pulse.beating')).toEqual(
      new Set(['', 'open', 'open.trust', 'open.trust.young', 'open.pulse', 'open.pulse.beating']),
    );
  });

  it('are the machine alone when it says nothing', () => {
    expect([...activePaths('')]).toEqual(['']);
  });
});

describe('event label', () => {
  it.each([
    ['user_text', 'user_text'],
    ['', 'always'],
    ['xstate.done.actor.0.turn', 'done turn'],
    ['xstate.error.actor.media', 'failed media'],
    ['xstate.after.1500.session.idle', 'after 1500 ms'],
  ])('reads %j as %j', (event, label) => {
    expect(eventLabel(event)).toBe(label);
  });
});
