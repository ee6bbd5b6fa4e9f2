import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestModule } from 'vitest/node';
import type { CheckResult } from '../conformance/check.ts';
import type { ConformanceReport } from './report.ts';
import ConformanceReporter from './reporter.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tth-conformance-'));
});
afterEach(() => rm(folder, { recursive: true }));

const suite = { name: 'acme', stage: 'llm', mode: 'offline' } as const;
const result = (outcome: CheckResult['outcome']): CheckResult => ({
  id: 'contract.health',
  sentence: 'is well',
  severity: 'must',
  outcome,
});

interface FakeTest {
  readonly meta: () => object;
  readonly result: () => { readonly state: string; readonly errors: readonly { readonly message: string }[] };
}

const ofKit = (outcome: CheckResult['outcome']): FakeTest => ({
  meta: () => ({ conformance: { suite, result: result(outcome) } }),
  result: () => ({ state: outcome === 'failed' ? 'failed' : 'passed', errors: [{ message: 'of a check' }] }),
});
const other: FakeTest = {
  meta: () => ({}),
  result: () => ({ state: 'failed', errors: [{ message: 'of another test' }] }),
};

const moduleOf = (tests: readonly FakeTest[], errors: readonly string[] = []): TestModule =>
  ({
    errors: () => errors.map((message) => ({ message })),
    children: {
      allSuites: () => [],
      allTests: (state?: string) =>
        tests.filter((test) => state === undefined || test.result().state === state),
    },
  }) as unknown as TestModule;

/** Ends a run of these modules. */
const endRun = async (modules: readonly TestModule[], to: string | false = folder) => {
  let report: ConformanceReport | undefined;
  let printed = '';
  const reporter = new ConformanceReporter({
    folder: to,
    print: (text) => {
      printed += text;
    },
    onReport: (given) => {
      report = given;
    },
  });
  await reporter.onTestRunEnd(modules, []);
  return { report: report!, printed };
};

describe('The conformance reporter', () => {
  it('prints the checks of a run and keeps them as JSON and as a badge', async () => {
    const { report, printed } = await endRun([moduleOf([ofKit('passed'), ofKit('skipped')])]);

    expect(printed).toContain('Conformance: 1 passed, 0 failed, 0 warnings, 1 skipped. Conforms.');
    expect(JSON.parse(await readFile(path.join(folder, 'conformance.json'), 'utf8'))).toEqual(report);
    expect(await readFile(path.join(folder, 'conformance.svg'), 'utf8')).toContain('1 of 1');
  });

  it('names what failed beside the checks: other tests, and files that cannot be loaded', async () => {
    const { report } = await endRun([
      moduleOf([ofKit('failed'), other]),
      moduleOf([], ['Cannot find module']),
    ]);

    expect(report.problems).toEqual(['of another test', 'Cannot find module']);
    expect(report.isPassed).toBe(false);
  });

  it('leaves no files where it is told so', async () => {
    await endRun([moduleOf([ofKit('passed')])], false);

    expect(await readdir(folder)).toEqual([]);
  });
});
