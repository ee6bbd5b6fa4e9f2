import type { Stage } from '@tth/core/plugin';
import type { CheckResult, Outcome } from '../conformance/check.ts';

/** Which adapter was checked, and against which vendor: a simulated one, if any, or the real one. */
export interface SuiteInfo {
  readonly name: string;
  readonly stage: Stage;
  readonly mode: 'offline' | 'live';
}

declare module 'vitest' {
  interface TaskMeta {
    /** What a check of the conformance kit came to. */
    conformance?: { readonly suite: SuiteInfo; readonly result: CheckResult };
  }
}

export interface SuiteReport extends SuiteInfo {
  readonly results: readonly CheckResult[];
}

export type Totals = Readonly<Record<Outcome, number>>;

/** What the conformance checks of a plugin came to. Plain data, the same for the same outcome. */
export interface ConformanceReport {
  /** Of this form. */
  readonly version: 1;
  /** Nothing failed, and something passed. */
  readonly isPassed: boolean;
  readonly totals: Totals;
  readonly suites: readonly SuiteReport[];
  /** What went wrong outside of any check, such as a test file that cannot be loaded. */
  readonly problems: readonly string[];
}

const totalsOf = (results: readonly CheckResult[]): Totals => {
  const totals = { passed: 0, failed: 0, warned: 0, skipped: 0 };
  for (const { outcome } of results) totals[outcome] += 1;
  return totals;
};

/** Results in the order in which they came, as one report. */
export const createReport = (
  entries: readonly { readonly suite: SuiteInfo; readonly result: CheckResult }[],
  problems: readonly string[] = [],
): ConformanceReport => {
  const suites = new Map<string, SuiteInfo & { results: CheckResult[] }>();
  for (const { suite, result } of entries) {
    const known = suites.get(suite.name) ?? { ...suite, results: [] };
    suites.set(suite.name, known);
    known.results.push(result);
  }
  const totals = totalsOf(entries.map(({ result }) => result));
  return {
    version: 1,
    isPassed: totals.failed === 0 && totals.passed > 0 && problems.length === 0,
    totals,
    suites: [...suites.values()],
    problems,
  };
};
