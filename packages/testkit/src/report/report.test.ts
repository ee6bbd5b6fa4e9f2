import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../conformance/check.ts';
import { badgeOf } from './badge.ts';
import { printReport } from './print.ts';
import { type SuiteInfo, createReport } from './report.ts';

const acme: SuiteInfo = { name: 'acme', stage: 'tts', mode: 'offline' };
const live: SuiteInfo = { name: 'acme, live', stage: 'tts', mode: 'live' };

const result = (id: string, outcome: CheckResult['outcome'], reason?: string): CheckResult => ({
  id,
  sentence: `keeps ${id}`,
  severity: 'must',
  outcome,
  ...(reason !== undefined && { reason }),
});

const sound = [
  { suite: acme, result: result('contract.health', 'passed') },
  { suite: acme, result: result('faults.page', 'skipped', 'raw sound has no form') },
  { suite: live, result: result('contract.health', 'skipped', 'ACME_KEY not set') },
];
const broken = [
  ...sound,
  { suite: acme, result: result('contract.batch', 'failed', 'It says nothing.\n\n+ expected') },
  { suite: acme, result: result('contract.usage', 'warned', 'It counted NaN.') },
];

describe('A conformance report', () => {
  it('has the results of each adapter together and counts all of them', () => {
    const { suites, totals, isPassed } = createReport(broken);

    expect(suites.map(({ name, results }) => [name, results.map(({ id }) => id)])).toEqual([
      ['acme', ['contract.health', 'faults.page', 'contract.batch', 'contract.usage']],
      ['acme, live', ['contract.health']],
    ]);
    expect(totals).toEqual({ passed: 1, failed: 1, warned: 1, skipped: 2 });
    expect(isPassed).toBe(false);
  });

  it.each([
    {
      what: 'one that passes, skips and warns',
      report: createReport([...sound, broken[4]!]),
      isPassed: true,
    },
    { what: 'one with a failure', report: createReport(broken), isPassed: false },
    {
      what: 'one with a problem beside its checks',
      report: createReport(sound, ['No file.']),
      isPassed: false,
    },
    { what: 'one in which nothing was run', report: createReport(sound.slice(1)), isPassed: false },
  ])('calls $what passed: $isPassed', ({ report, isPassed }) => {
    expect(report.isPassed).toBe(isPassed);
  });

  it('prints a line per check in its group, with the reason, and the totals', () => {
    expect(printReport(createReport(broken, ['Cannot find module']))).toBe(
      `acme
  contract
    pass  contract.health  keeps contract.health
    FAIL  contract.batch   keeps contract.batch
                           It says nothing.
    warn  contract.usage   keeps contract.usage
                           It counted NaN.
  faults
    skip  faults.page      keeps faults.page (raw sound has no form)

acme, live
  contract
    skip  contract.health  keeps contract.health (ACME_KEY not set)

Problem: Cannot find module
Conformance: 1 passed, 1 failed, 1 warning, 2 skipped. Does not conform.
`,
    );
  });
});

describe('A badge', () => {
  it('says how many of the checks that were run are passed', () => {
    expect(badgeOf(createReport(sound))).toContain('<title>TTH conformance: 1 of 1</title>');
    expect(badgeOf(createReport(broken))).toContain('<title>TTH conformance: 1 of 3</title>');
    expect(badgeOf(createReport([]))).toContain('<title>TTH conformance: not run</title>');
  });

  it('looks different after a warning and after a failure, and asks for nothing from elsewhere', () => {
    const reports = [createReport(sound), createReport([...sound, broken[4]!]), createReport(broken)];
    const badges = reports.map(badgeOf);

    const colours = badges.map((badge) => /x="\d+" width="\d+" height="20" fill="(#\w+)"/.exec(badge)?.[1]);
    expect(new Set(colours).size).toBe(3);
    for (const badge of badges)
      expect(badge.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/http|href/);
  });
});
