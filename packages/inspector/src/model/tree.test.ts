import type { ActorRow, ChartState } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { type InspectorModel, emptyModel, fold } from '../feed/fold.ts';
import { chooseActor, toCircuits, toSystems } from './tree.ts';

const row = (actor: string, system: string, change: Partial<ActorRow> = {}): ActorRow => ({
  actor,
  parent: null,
  system,
  name: actor,
  machine: 'session',
  status: 'active',
  value: 'idle',
  view: {},
  ...change,
});

const session: ChartState = {
  id: 'session',
  key: 'session',
  type: 'atomic',
  tags: [],
  invokes: [],
  on: [],
  states: [],
};
const modelOf = (...actors: ActorRow[]): InspectorModel =>
  fold({ ...emptyModel, charts: { session, circuit: session } }, { type: 'inspect_snapshot', actors });

const model = modelOf(
  row('old', 'session-0', { status: 'done' }),
  row('first', 'session-1'),
  row('turn', 'session-1', { parent: 'first' }),
  row('media', 'session-1', { parent: 'turn', machine: null }),
  row('second', 'session-2'),
  row('tts', 'process', { machine: 'circuit', value: 'open' }),
  row('llm', 'process', { machine: 'circuit', value: 'closed' }),
);

describe('systems', () => {
  it('come with the process first, then running sessions from the newest, then ended ones', () => {
    expect(toSystems(model.actors).map(({ id }) => id)).toEqual([
      'process',
      'session-2',
      'session-1',
      'session-0',
    ]);
  });

  it('hold their actors as a tree', () => {
    const roots = toSystems(model.actors).find(({ id }) => id === 'session-1')?.roots;

    expect(roots).toMatchObject([
      {
        view: { row: { actor: 'first' } },
        children: [{ view: { row: { actor: 'turn' } }, children: [{ children: [] }] }],
      },
    ]);
  });

  it('show the newest of the actors that ended, and count the rest', () => {
    const turns = Array.from({ length: 7 }, (_, n) =>
      row(`turn-${n}`, 'session-1', { parent: 'root', status: n === 6 ? 'active' : 'done' }),
    );
    const [root] = toSystems(modelOf(row('root', 'session-1'), ...turns).actors)[0]?.roots ?? [];

    expect(root?.children.map((node) => node.view.row.actor)).toEqual([
      'turn-2',
      'turn-3',
      'turn-4',
      'turn-5',
      'turn-6',
    ]);
    expect(root?.hidden).toBe(2);
  });

  it('show an actor at the top when its parent is not known', () => {
    const orphans = modelOf(row('turn', 'session-1', { parent: 'gone' }));

    expect(toSystems(orphans.actors)[0]?.roots).toHaveLength(1);
  });
});

describe('breakers', () => {
  it('are the actors whose machine is the circuit, by name', () => {
    expect(toCircuits(model.actors).map((view) => view.row.name)).toEqual(['llm', 'tts']);
  });
});

describe('the actor shown first', () => {
  it('is the newest running session', () => {
    expect(chooseActor(model)).toBe('second');
  });

  it('is any machine that can be drawn when no session runs', () => {
    expect(chooseActor(modelOf(row('tts', 'process', { machine: 'circuit' })))).toBe('tts');
    expect(chooseActor(modelOf(row('media', 'process', { machine: null })))).toBeNull();
  });
});
