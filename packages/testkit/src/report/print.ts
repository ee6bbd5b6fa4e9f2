import type { CheckResult, Outcome } from '../conformance/check.ts';
import type { ConformanceReport, SuiteReport, Totals } from './report.ts';

const marks: Readonly<Record<Outcome, string>> = {
  passed: 'pass',
  failed: 'FAIL',
  warned: 'warn',
  skipped: 'skip',
};

const groupOf = ({ id }: CheckResult): string => id.split('.')[0]!;

/** The first line of a reason: the rest of it is for whoever runs the check. */
const briefly = (reason: string): string => reason.split('\n')[0]!;

const lineOf = ({ id, sentence, outcome, reason }: CheckResult, width: number): string => {
  const line = `    ${marks[outcome]}  ${id.padEnd(width)}  ${sentence}`;
  if (reason === undefined) return line;
  if (outcome === 'skipped') return `${line} (${reason})`;
  return `${line}\n${' '.repeat(width + 12)}${briefly(reason)}`;
};

const suiteLines = ({ name, results }: SuiteReport): string[] => {
  const width = Math.max(...results.map(({ id }) => id.length));
  const groups = [...new Set(results.map(groupOf))];
  return [
    name,
    ...groups.flatMap((group) => [
      `  ${group}`,
      ...results.filter((result) => groupOf(result) === group).map((result) => lineOf(result, width)),
    ]),
    '',
  ];
};

/** `41 passed, 1 failed, 0 warnings, 3 skipped` */
const totalsLine = ({ passed, failed, warned, skipped }: Totals): string =>
  `${passed} passed, ${failed} failed, ${warned} ${warned === 1 ? 'warning' : 'warnings'}, ${skipped} skipped`;

/** The report as text: a line per check in its group, with why it was skipped or what was found, and the totals. */
export const printReport = ({ suites, problems, totals, isPassed }: ConformanceReport): string =>
  [
    ...suites.flatMap(suiteLines),
    ...problems.map((problem) => `Problem: ${briefly(problem)}`),
    `Conformance: ${totalsLine(totals)}. ${isPassed ? 'Conforms.' : 'Does not conform.'}`,
    '',
  ].join('\n');
