import { scriptedLlm, scriptedPlugin, scriptedTts, startVirtualEngine } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import type { ProbeRecord } from './probe.ts';

const start = () =>
  startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm({ reply: 'A secret answer.' }), scriptedTts()])],
  });

const rowsOf = (records: readonly ProbeRecord[]) =>
  records.flatMap((record) => (record.kind === 'event' ? [] : [record.row]));

describe('probe', () => {
  it('shows every machine of a turn and the states it passes', async () => {
    const { engine, clock, connect } = await start();
    const records: ProbeRecord[] = [];
    engine.inspect((record) => records.push(record));
    const client = connect();

    client.ask('A secret question');
    await clock.advance(5_000);

    const statesOf = (machine: string): string[] => [
      ...new Set(
        rowsOf(records).flatMap((row) => (row.machine === machine && row.value !== '' ? [row.value] : [])),
      ),
    ];
    expect(statesOf('session')).toEqual(['sessionCreated', 'idle', 'inTurn.speaking']);
    expect(statesOf('turn')).toEqual([
      'running.turnPreparing',
      'running.llmRunning',
      'running.ttsRunning',
      'running.streamingOutput',
      'turnCompleted',
    ]);
    expect(records.some((record) => record.kind === 'event' && record.event === 'first_audio')).toBe(true);
  });

  it('names every child when it is created, before anything happens to it', async () => {
    const { engine, clock, connect } = await start();
    const records: ProbeRecord[] = [];
    engine.inspect((record) => records.push(record));

    connect().ask('Hi');
    await clock.advance(100);

    const created = records.flatMap((record) => (record.kind === 'actor' ? [record.row] : []));
    expect(created.find(({ name }) => name === 'turn')).toMatchObject({ machine: 'turn', status: 'created' });
    expect(created.map(({ name }) => name)).toEqual(expect.arrayContaining(['session', 'media', 'deadline']));
  });

  it('lets no text of the conversation and no token out', async () => {
    const { engine, clock, connect } = await start();
    const records: ProbeRecord[] = [];
    engine.inspect((record) => records.push(record));
    const client = connect();
    client.ask('A secret question');
    await clock.advance(5_000);

    const everything = JSON.stringify(records);

    expect(everything).not.toContain('secret');
    expect(everything).not.toContain(client.session.token);
  });

  it('shows what runs already, and circuits under the name of the process with ids of their own', async () => {
    const { engine, clock, connect } = await start();
    const client = connect();
    client.ask('Hi');
    await clock.advance(300);
    const records: ProbeRecord[] = [];

    engine.inspect((record) => records.push(record));

    const rows = rowsOf(records);
    const circuits = rows.filter(({ machine }) => machine === 'circuit');
    expect(circuits.map(({ system, view }) => [system, view['key']])).toEqual([
      ['process', 'llm:scripted-llm'],
      ['process', 'tts:scripted-tts'],
    ]);
    expect(new Set(rows.map(({ actor }) => actor)).size).toBe(rows.length);
    expect(rows.find(({ machine }) => machine === 'turn')).toMatchObject({
      system: client.session.id,
      parent: rows.find(({ machine }) => machine === 'session')?.actor,
      value: 'running.streamingOutput',
      view: { kind: 'user_text', turn: 1 },
    });
  });

  it('never hurts what it watches, even when it throws', async () => {
    const { engine, clock, connect } = await start();
    engine.inspect(() => {
      throw new Error('bad observer');
    });
    const client = connect();

    client.ask('Hi');
    await clock.advance(5_000);

    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
  });

  it('shows the end of a session, and nothing after it was told to stop', async () => {
    const { engine, clock, connect } = await start();
    const records: ProbeRecord[] = [];
    const stop = engine.inspect((record) => records.push(record));
    await connect().session.close('test');
    await clock.settle();
    expect(rowsOf(records).findLast(({ machine }) => machine === 'session')).toMatchObject({
      status: 'done',
      value: 'closed',
      view: { closeReason: 'test' },
    });
    const before = records.length;

    stop();
    connect().ask('Hi');
    await clock.advance(1_000);

    expect(records).toHaveLength(before);
  });

  it('draws every machine with its states and where events lead', async () => {
    const { engine } = await start();
    const { session, turn, circuit } = engine.charts();

    expect([session?.initial, turn?.initial, circuit?.initial]).toEqual([
      'session.sessionCreated',
      'turn.running',
      'circuit.closed',
    ]);
    expect(turn?.states.find(({ key }) => key === 'running')?.on).toContainEqual({
      event: 'interrupt',
      targets: ['turn.interrupted'],
    });
    const preparing = turn?.states[0]?.states.find(({ key }) => key === 'turnPreparing');
    expect(preparing?.on[0]).toEqual({
      event: 'prepared',
      guard: 'asksModel',
      targets: ['turn.running.llmRunning'],
    });
    expect(circuit?.states.find(({ key }) => key === 'closed')?.tags).toEqual(['admits_calls']);
  });
});
