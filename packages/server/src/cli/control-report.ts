import type { ControlOutcome } from '@tth/core';

const marks: Readonly<Record<ControlOutcome['result'], string>> = {
  applied: '✓',
  clamped: '~',
  substituted: '~',
  emulated: '~',
  deferred: '…',
  dropped: '✗',
};

const show = (value: unknown): string => {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return String(Math.round(value * 1000) / 1000);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const valueOf = ({ requested, used, result }: ControlOutcome): string =>
  result === 'applied' || show(used) === show(requested)
    ? show(requested)
    : `${show(requested)} → ${show(used)}`;

/** A control report for a terminal: one line per control, in columns. */
export const reportLines = (outcomes: readonly ControlOutcome[]): string[] => {
  const rows = outcomes.map((outcome) => [
    `${marks[outcome.result]} ${outcome.provider}`,
    outcome.field,
    valueOf(outcome),
    outcome.result,
  ]);
  const widths = [0, 1, 2, 3].map((at) => Math.max(0, ...rows.map((row) => row[at]!.length)));
  return outcomes.map(({ reason = '' }, index) => {
    const cells = rows[index]!.map((cell, at) => cell.padEnd(widths[at]!));
    return `${cells.join('  ')}  ${reason}`.trimEnd();
  });
};
