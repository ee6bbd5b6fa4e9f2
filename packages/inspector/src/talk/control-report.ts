import type { ServerMessageOf } from '@tth/protocol';

export type ControlOutcome = ServerMessageOf<'control_report'>['outcomes'][number];

const names: Readonly<Record<string, string>> = {
  'emotion.label': 'Feeling',
  'emotion.intensity': 'Intensity',
  'character.personaId': 'Character',
  'character.voice': 'Voice',
  'character.language': 'Language',
  'character.rate': 'Rate',
  'character.pitch': 'Pitch',
  'character.volume': 'Loudness',
  'character.style': 'Style',
  'render.widthPx': 'Width',
  'render.heightPx': 'Height',
  'render.fps': 'Frames per second',
  'render.framing': 'Framing',
  'render.background': 'Background',
  'render.gaze': 'Gaze',
  'render.headMotion': 'Head motion',
  'render.gesture': 'Gesture',
  'render.identity': 'Face',
};

/** `good`: as asked. `changed`: something near it. `lost`: nothing of it. */
export type Verdict = 'good' | 'changed' | 'lost';

const verdicts: Readonly<Record<ControlOutcome['result'], Verdict>> = {
  applied: 'good',
  deferred: 'good',
  clamped: 'changed',
  substituted: 'changed',
  emulated: 'changed',
  dropped: 'lost',
};

/** One line of a report. */
export interface ReportRow {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  readonly by: string;
  readonly verdict: Verdict;
  readonly reason: string | null;
}

const show = (value: unknown): string => {
  if (value === null || value === undefined) return 'its own';
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const toRow = (outcome: ControlOutcome): Omit<ReportRow, 'key'> => {
  const { stage, provider, field, requested, used, result, reason = null } = outcome;
  const [asked, got] = [show(requested), show(used)];
  const value = asked === got || result === 'dropped' ? asked : `${asked} → ${got}`;
  return {
    name: names[field] ?? field,
    value,
    by: stage === 'engine' ? 'TTH' : provider,
    verdict: verdicts[result],
    reason,
  };
};

const rank: Readonly<Record<Verdict, number>> = { lost: 0, changed: 1, good: 2 };

/** A report's lines, what went wrong first; providers that did the same with a control share a line. */
export const reportRows = (outcomes: readonly ControlOutcome[]): readonly ReportRow[] => {
  const rows = new Map<string, ReportRow>();
  for (const row of outcomes.map(toRow)) {
    const { name, value, verdict, reason } = row;
    const key = [name, value, verdict, reason].join('|');
    const same = rows.get(key);
    rows.set(key, same === undefined ? { ...row, key } : { ...same, by: `${same.by}, ${row.by}` });
  }
  return [...rows.values()].toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
};

/** A report in a few words. */
export const summarizeReport = (rows: readonly ReportRow[]): string => {
  const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
  const parts = [
    [count('good'), 'as asked'],
    [count('changed'), 'nearly'],
    [count('lost'), 'not possible'],
  ] as const;
  return parts.flatMap(([many, words]) => (many > 0 ? [`${many} ${words}`] : [])).join(', ');
};

/** A report after another of the same turn: where a provider took over, its word counts for its stage. */
export const laterReport = (
  before: readonly ControlOutcome[],
  after: readonly ControlOutcome[],
): readonly ControlOutcome[] => {
  const stages = new Set(after.map(({ stage }) => stage));
  return [...before.filter(({ stage }) => !stages.has(stage)), ...after];
};
