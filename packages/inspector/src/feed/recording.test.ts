import type { ActorRow, InspectMessage, InspectRecord } from '@tth/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import firstConversation from '../../recordings/first-conversation.jsonl?raw';
import { emptyModel, fold } from './fold.ts';
import {
  RecordingError,
  createRecorder,
  formatRecording,
  modelAfter,
  parseRecording,
  toSteps,
} from './recording.ts';

const row = (value: string): ActorRow => ({
  actor: 'a',
  parent: null,
  system: 'session-1',
  name: 'session',
  machine: 'session',
  status: 'active',
  value,
  view: {},
});

const hello: InspectMessage = { type: 'inspect_hello', v: 1, version: '0.1.0', startedAt: 0 };
const record = (n: number): InspectRecord => ({ n, t: n, kind: 'state', actor: 'a', row: row(`s${n}`) });
const batch = (...numbers: number[]): InspectMessage => ({
  type: 'inspect_records',
  records: numbers.map(record),
});
const recording: readonly InspectMessage[] = [
  hello,
  { type: 'inspect_snapshot', actors: [row('idle')] },
  batch(1, 2),
  batch(3),
];

describe('recording', () => {
  it('reads back what was written', () => {
    expect(parseRecording(formatRecording(recording))).toEqual(recording);
  });

  it('names the first line that is not a message', () => {
    const good = JSON.stringify(hello);

    expect(() => parseRecording(`${good}\n{"type":`)).toThrow(/^Line 2 is not JSON/);
    expect(() => parseRecording(`${good}\n\n{"type":"pong"}`)).toThrow(/^Line 3 is not a message/);
    expect(() => parseRecording(' \n')).toThrow(RecordingError);
  });

  it('is stepped through record by record', () => {
    const steps = toSteps(recording);

    expect(steps).toHaveLength(5);
    expect([1, 2, 3, 4, 5].map((count) => modelAfter(steps, count).actors.get('a')?.row.value)).toEqual([
      undefined,
      'idle',
      's1',
      's2',
      's3',
    ]);
  });

  it('shows the same after any number of steps as folding them one by one', () => {
    const messages = fc.array(
      fc.oneof(
        fc.constant(hello),
        fc.array(fc.nat(50), { maxLength: 4 }).map((numbers) => batch(...numbers)),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(messages, fc.nat(60), (list, wanted) => {
        const steps = toSteps(list);
        const count = Math.min(wanted, steps.length);

        expect(modelAfter(steps, count)).toEqual(steps.slice(0, count).reduce(fold, emptyModel));
      }),
    );
  });
});

describe('the recording of a first conversation', () => {
  const messages = parseRecording(firstConversation);
  const turns = (model: ReturnType<typeof modelAfter>) =>
    [...model.actors.values()].filter((view) => view.row.machine === 'turn').map((view) => view.row.value);

  it('shows one turn heard to its end, one replaced and one stopped', () => {
    expect(turns(messages.reduce(fold, emptyModel))).toEqual(['turnCompleted', 'turnStopped', 'turnStopped']);
  });

  it('shows the first turn pass its milestones in order when stepped through', () => {
    const steps = toSteps(messages);
    const values = steps.map((_step, index) => turns(modelAfter(steps, index + 1))[0]);

    expect([...new Set(values)]).toEqual([
      undefined,
      'running.turnPreparing',
      'running.llmRunning',
      'running.ttsRunning',
      'running.avatarRunning',
      'running.streamingOutput',
      'turnCompleted',
    ]);
  });

  it('holds no words of the conversation', () => {
    expect(firstConversation).not.toMatch(/story|hello,|"text"/i);
  });
});

describe('recorder', () => {
  it('gives back everything while it is short', () => {
    const recorder = createRecorder(10);
    recording.forEach(recorder.add);

    expect(recorder.messages()).toEqual(recording);
  });

  it('stays bounded, and its recording still begins with a complete picture', () => {
    const recorder = createRecorder(10);
    recording.forEach(recorder.add);
    for (let n = 4; n < 100; n += 1) recorder.add(batch(n));

    const kept = recorder.messages();

    expect(kept.length).toBeLessThanOrEqual(13);
    expect(kept.map((message) => message.type).slice(0, 3)).toEqual([
      'inspect_hello',
      'inspect_charts',
      'inspect_snapshot',
    ]);
    expect(kept.reduce(fold, emptyModel).actors.get('a')?.row.value).toBe('s99');
  });
});
