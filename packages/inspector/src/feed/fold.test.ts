import type { ActorRow, InspectMessage, InspectRecord } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { emptyModel, fold, maxFinishedActors, maxLogRows, toMessages } from './fold.ts';

const row = (actor: string, change: Partial<ActorRow> = {}): ActorRow => ({
  actor,
  parent: null,
  system: 'session-1',
  name: 'session',
  machine: 'session',
  status: 'active',
  value: 'idle',
  view: {},
  ...change,
});

const hello: InspectMessage = { type: 'inspect_hello', v: 1, version: '0.1.0', startedAt: 1_000 };
const snapshot = (...actors: ActorRow[]): InspectMessage => ({ type: 'inspect_snapshot', actors });
const records = (...list: Omit<InspectRecord, 'n'>[]): InspectMessage => ({
  type: 'inspect_records',
  records: list.map((record, n) => ({ n, ...record })),
});
const after = (...messages: InspectMessage[]) => messages.reduce(fold, emptyModel);

describe('inspector model', () => {
  it('shows the actors of a snapshot without saying when they changed', () => {
    const model = after(hello, snapshot(row('a')));

    expect(model.actors.get('a')).toMatchObject({ row: { value: 'idle' }, changedAtMs: null });
  });

  it('notes the time of a change of state, and keeps it while only values change', () => {
    const inTurn = row('a', { value: 'inTurn' });
    const model = after(
      hello,
      snapshot(row('a')),
      records({ t: 40, kind: 'state', actor: 'a', row: inTurn }),
      records({ t: 90, kind: 'state', actor: 'a', row: { ...inTurn, view: { turns: 2 } } }),
    );

    expect(model.actors.get('a')).toMatchObject({ row: { view: { turns: 2 } }, changedAtMs: 40 });
    expect(model.nowMs).toBe(90);
  });

  it('remembers the last event that an actor was sent', () => {
    const model = after(
      hello,
      snapshot(row('a')),
      records({ t: 5, kind: 'event', actor: 'a', event: 'user_text' }),
    );

    expect(model.actors.get('a')?.lastEvent).toBe('user_text');
  });

  it('writes the log in the order of events, with wall times and the names of actors', () => {
    const model = after(
      hello,
      snapshot(row('a'), row('b', { name: 'turn 1' })),
      records(
        { t: 5, kind: 'event', actor: 'b', event: 'interrupt', from: 'a' },
        {
          t: 6,
          kind: 'state',
          actor: 'b',
          row: row('b', { name: 'turn 1', value: 'interrupted', status: 'done' }),
        },
      ),
    );

    expect(model.log.slice(-2)).toMatchObject([
      { wallMs: 1_005, name: 'turn 1', text: 'interrupt', fromName: 'session' },
      { wallMs: 1_006, name: 'turn 1', text: 'interrupted (done)' },
    ]);
  });

  it('names an actor in lines that came before it was known', () => {
    const model = after(
      hello,
      records({ t: 1, kind: 'event', actor: 'session-1/x:4', event: 'prepared' }),
      records({ t: 2, kind: 'state', actor: 'session-1/x:4', row: row('session-1/x:4', { name: 'media' }) }),
    );

    expect(model.log.slice(1).map((line) => line.name)).toEqual(['media', 'media']);
    expect(after(hello, records({ t: 1, kind: 'event', actor: 'session-1/x:4' })).log.at(-1)?.name).toBe(
      'x:4',
    );
  });

  it('writes no line for an event that changed nothing, nor for the start of an actor', () => {
    const model = after(
      hello,
      snapshot(row('a')),
      records(
        { t: 1, kind: 'event', actor: 'a', event: 'xstate.init' },
        { t: 2, kind: 'state', actor: 'a', event: 'credit', row: row('a') },
      ),
    );

    expect(model.log).toHaveLength(1);
  });

  it('says how many records were lost', () => {
    const model = after(
      hello,
      records({ t: 1, kind: 'gap', actor: '', lost: 30 }, { t: 2, kind: 'gap', actor: '', lost: 7 }),
    );

    expect(model.lost).toBe(37);
    expect(model.log.at(-1)?.text).toContain('7 records lost');
  });

  it('keeps the newest lines of the log, each with a key of its own', () => {
    const many = Array.from(
      { length: maxLogRows + 50 },
      (_, t) => ({ t, kind: 'event', actor: 'a', event: `e${t}` }) as const,
    );
    const model = after(hello, records(...many));

    expect(model.log).toHaveLength(maxLogRows);
    expect(model.log.at(-1)?.text).toBe(`e${maxLogRows + 49}`);
    expect(new Set(model.log.map((line) => line.key)).size).toBe(maxLogRows);
  });

  it('forgets the actors that ended first, never one that runs', () => {
    const ended = Array.from({ length: maxFinishedActors + 3 }, (_, n) => row(`t${n}`, { status: 'done' }));
    const model = after(
      hello,
      snapshot(row('running'), ...ended),
      records({ t: 1, kind: 'event', actor: 'running' }),
    );

    expect(model.actors.size).toBe(maxFinishedActors + 1);
    expect(model.actors.has('running')).toBe(true);
    expect(model.actors.has('t2')).toBe(false);
    expect(model.actors.has('t3')).toBe(true);
  });

  it('drops the actors of the previous connection and keeps its log', () => {
    const model = after(
      hello,
      snapshot(row('a')),
      records({ t: 5, kind: 'event', actor: 'a', event: 'say' }),
      hello,
    );

    expect(model.actors.size).toBe(0);
    expect(model.log.map((line) => line.text)).toContain('say');
  });

  it('leaves the model it was given as it was', () => {
    const before = after(hello, snapshot(row('a')));
    fold(before, records({ t: 1, kind: 'state', actor: 'a', row: row('a', { value: 'inTurn' }) }));

    expect(before.actors.get('a')?.row.value).toBe('idle');
    expect(before.log).toHaveLength(1);
  });

  it('comes back from the messages made of it', () => {
    const model = after(
      hello,
      snapshot(row('a')),
      records({ t: 1, kind: 'actor', actor: 'b', row: row('b') }),
    );

    const again = toMessages(model).reduce(fold, emptyModel);

    expect([...again.actors.keys()]).toEqual(['a', 'b']);
    expect(again.version).toBe('0.1.0');
    expect(toMessages(emptyModel)).toEqual([]);
  });
});
