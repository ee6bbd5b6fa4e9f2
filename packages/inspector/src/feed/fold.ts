import type { ActorRow, ChartState, InspectMessage, InspectRecord } from '@tth/protocol';
import { actorName } from '../model/names.ts';

/** One actor as last heard of. `changedAtMs` is on the feed's clock; `null` when it changed before we looked. */
export interface ActorView {
  readonly row: ActorRow;
  readonly changedAtMs: number | null;
  readonly lastEvent: string | null;
}

/** One line of the log. `wallMs` is the server's wall time; `key` never repeats within a model. */
export interface LogRow {
  readonly key: number;
  readonly wallMs: number;
  readonly kind: InspectRecord['kind'] | 'connected';
  readonly actor: string;
  readonly name: string;
  readonly system: string;
  /** The event, or the state that was reached. */
  readonly text: string;
  /** Who sent the event, if an actor did. */
  readonly from: string | null;
  readonly fromName: string | null;
}

/** Everything the inspector knows. Plain data: the same messages always give the same model. */
export interface InspectorModel {
  readonly version: string | null;
  /** Wall time in milliseconds at which the feed's clock was 0. */
  readonly startedAt: number;
  /** The feed's clock at the newest record, in milliseconds. */
  readonly nowMs: number;
  readonly charts: Readonly<Record<string, ChartState>>;
  readonly actors: ReadonlyMap<string, ActorView>;
  /** Oldest first. */
  readonly log: readonly LogRow[];
  /** Records seen, and records the server had to drop before sending. */
  readonly seen: number;
  readonly lost: number;
}

/** The most lines the log keeps. */
export const maxLogRows = 500;
/** The most actors kept after they ended. */
export const maxFinishedActors = 150;

export const emptyModel: InspectorModel = {
  version: null,
  startedAt: 0,
  nowMs: 0,
  charts: {},
  actors: new Map(),
  log: [],
  seen: 0,
  lost: 0,
};

const finished = new Set<ActorRow['status']>(['done', 'error', 'stopped']);

/** Whether an actor has come to its end. */
export const isFinished = (row: ActorRow): boolean => finished.has(row.status);

const describeRow = ({ status, value, machine }: ActorRow, kind: InspectRecord['kind']): string => {
  if (kind === 'actor') return machine === null ? 'created' : `created ${machine}`;
  if (value === '') return status;
  return status === 'active' ? value : `${value} (${status})`;
};

const describe = ({ kind, event, row, lost }: InspectRecord): string => {
  if (kind === 'gap') return `${lost ?? 0} records lost: the feed was slower than the machines`;
  return kind === 'event' || row === undefined ? (event ?? '') : describeRow(row, kind);
};

const changed = (before: ActorView | undefined, row: ActorRow): boolean =>
  before?.row.value !== row.value || before.row.status !== row.status;

const place = (actors: Map<string, ActorView>, record: InspectRecord): void => {
  const before = actors.get(record.actor);
  if (record.kind === 'event') {
    if (before && record.event !== undefined)
      actors.set(record.actor, { ...before, lastEvent: record.event });
    return;
  }
  if (record.row === undefined) return;
  actors.set(record.actor, {
    row: record.row,
    changedAtMs: changed(before, record.row) ? record.t : (before?.changedAtMs ?? null),
    lastEvent: record.event ?? before?.lastEvent ?? null,
  });
};

const forgetFinished = (actors: Map<string, ActorView>): void => {
  const ended = [...actors].filter(([, view]) => isFinished(view.row));
  for (const [id] of ended.slice(0, Math.max(0, ended.length - maxFinishedActors))) actors.delete(id);
};

/** Machines tell of every event that changed nothing, and of every start twice; a reader need not see those. */
const isWorthALine = (record: InspectRecord, before: ActorView | undefined): boolean => {
  if (record.kind === 'event') return record.event !== 'xstate.init';
  return record.kind !== 'state' || record.row === undefined || changed(before, record.row);
};

/** An id as it is shown until somebody says what it is. */
const shortId = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

const toLogRow = (record: InspectRecord, key: number, startedAt: number): LogRow => ({
  key,
  wallMs: startedAt + record.t,
  kind: record.kind,
  actor: record.actor,
  name: shortId(record.actor),
  system: '',
  text: describe(record),
  from: record.from ?? null,
  fromName: record.from === undefined ? null : shortId(record.from),
});

/** Fills in what an actor is called: events reach it before its first row does. */
const label = (line: LogRow, actors: ReadonlyMap<string, ActorView>): LogRow => {
  const row = actors.get(line.actor)?.row;
  const fromRow = line.from === null ? undefined : actors.get(line.from)?.row;
  const name = row === undefined ? line.name : actorName(row);
  const fromName = fromRow === undefined ? line.fromName : actorName(fromRow);
  if (name === line.name && fromName === line.fromName) return line;
  return { ...line, name, fromName, system: row?.system ?? line.system };
};

const foldRecords = (model: InspectorModel, records: readonly InspectRecord[]): InspectorModel => {
  const actors = new Map(model.actors);
  const log = [...model.log];
  let { seen, lost, nowMs } = model;
  for (const record of records) {
    const before = actors.get(record.actor);
    place(actors, record);
    if (isWorthALine(record, before)) log.push(toLogRow(record, seen, model.startedAt));
    seen += 1;
    lost += record.lost ?? 0;
    nowMs = Math.max(nowMs, record.t);
  }
  const labelled = log.slice(-maxLogRows).map((line) => label(line, actors));
  forgetFinished(actors);
  return { ...model, actors, log: labelled, seen, lost, nowMs };
};

/** A connection begins: what is known of actors is about to be sent anew. */
const begin = (
  { charts, log, lost, seen }: InspectorModel,
  { version, startedAt }: Extract<InspectMessage, { type: 'inspect_hello' }>,
): InspectorModel => {
  const line: LogRow = {
    key: seen,
    wallMs: startedAt,
    kind: 'connected',
    actor: '',
    name: '',
    system: '',
    text: `connected to TTH ${version}`,
    from: null,
    fromName: null,
  };
  return {
    ...emptyModel,
    charts,
    version,
    startedAt,
    lost,
    log: [...log, line].slice(-maxLogRows),
    seen: seen + 1,
  };
};

/** The model after one more message. Never changes the model it was given. */
export const fold = (model: InspectorModel, message: InspectMessage): InspectorModel => {
  switch (message.type) {
    case 'inspect_hello':
      return begin(model, message);
    case 'inspect_charts':
      return { ...model, charts: { ...model.charts, ...message.charts } };
    case 'inspect_snapshot': {
      const actors = new Map<string, ActorView>();
      for (const row of message.actors) actors.set(row.actor, { row, changedAtMs: null, lastEvent: null });
      return { ...model, actors };
    }
    case 'inspect_records':
      return foldRecords(model, message.records);
    default:
      return model;
  }
};

/** The messages that build what a model shows, its log aside: the head of a recording that began late. */
export const toMessages = (model: InspectorModel): readonly InspectMessage[] => {
  if (model.version === null) return [];
  return [
    { type: 'inspect_hello', v: 1, version: model.version, startedAt: model.startedAt },
    { type: 'inspect_charts', charts: { ...model.charts } },
    { type: 'inspect_snapshot', actors: [...model.actors.values()].map((view) => view.row) },
  ];
};
