import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '@tth/core/plugin';
import type { SuiteInfo } from '../report/report.ts';
import { type Check, type CheckResult, type Skips, type Subject, problemsOf, runCheck } from './check.ts';

/** Longer than anything that a check waits for. */
const timeout = 120_000;

export interface Suite<S extends Subject> {
  readonly name: string;
  readonly stage: Stage;
  readonly mode: SuiteInfo['mode'];
  readonly checks: readonly Check<S>[];
  readonly skips: Skips;
  /** Why none of them is run. */
  readonly notAtAll?: string | undefined;
  /** Starts the adapter; it is closed when all have run. */
  open(): Promise<S>;
}

/** One test per check. All of them share one adapter. */
export const registerSuite = <S extends Subject>({
  name,
  stage,
  mode,
  checks,
  skips,
  notAtAll,
  open,
}: Suite<S>): void => {
  const info: SuiteInfo = { name, stage, mode };
  describe(name, () => {
    let subject: S;
    beforeAll(async () => {
      if (notAtAll === undefined) subject = await open();
    }, timeout);
    afterAll(() => subject?.started.close(), timeout);

    for (const check of checks) {
      const { id, sentence, severity } = check;
      const unknown: CheckResult = { id, sentence, severity, outcome: 'failed', reason: 'it did not run' };
      const meta = { conformance: { suite: info, result: unknown } };
      it(`${sentence} [${id}]`, { timeout, meta }, async ({ task, skip }) => {
        const { error, ...result } =
          notAtAll === undefined
            ? await runCheck(check, subject, skips)
            : { ...unknown, outcome: 'skipped' as const, reason: notAtAll, error: undefined };
        task.meta.conformance = { suite: info, result };

        if (result.outcome === 'skipped') skip(result.reason);
        if (result.outcome === 'failed') throw error;
        expect(['passed', 'warned']).toContain(result.outcome);
      });
    }
  });
};

/** A list of skipped checks is part of what a plugin promises, so it is checked as well. */
export const registerSkips = (
  name: string,
  skips: Skips,
  checks: readonly { readonly id: string }[],
): void => {
  if (Object.keys(skips).length === 0) return;
  it(`${name} skips known checks only, with reasons in words`, () => {
    expect(problemsOf(skips, checks)).toEqual([]);
  });
};
