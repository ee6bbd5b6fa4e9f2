import { describe, expect, it } from 'vitest';
import { scriptedLlm } from '../fake-providers.ts';
import { startAdapter } from '../start-adapter.ts';
import type { VendorFault } from '../vendor-handle.ts';
import { type Check, problemsOf, runCheck } from './check.ts';
import { reasonNotLive, secretsOf } from './live.ts';
import { llmSubject } from './llm-subject.ts';

const plugin = { name: '@tth/scripted', apiVersion: 1, adapters: [scriptedLlm().definition] };
const make = () => startAdapter(plugin, 'llm', 'scripted-llm');

const subjectWith = async (vendor?: { play(fault?: VendorFault): void }) =>
  llmSubject({
    started: await make(),
    make,
    limitMs: 1_000,
    manyCalls: 10,
    vendor: vendor && {
      requests: () => 0,
      openCalls: () => 0,
      openSockets: () => 0,
      pieces: () => 0,
      ...vendor,
    },
  });

const check = (given: Partial<Check> = {}): Check => ({
  id: 'manners.bow',
  sentence: 'bows when it comes in',
  severity: 'must',
  run: async () => {},
  ...given,
});
const fails = async (): Promise<void> => {
  throw new Error('It does not bow.');
};

describe('a check', () => {
  it('passes with no reason', async () => {
    const result = await runCheck(check(), await subjectWith());

    expect(result).toEqual({
      id: 'manners.bow',
      sentence: 'bows when it comes in',
      severity: 'must',
      outcome: 'passed',
    });
  });

  it.each([
    { severity: 'must', outcome: 'failed' },
    { severity: 'should', outcome: 'warned' },
  ] as const)(
    'of severity $severity has $outcome where the promise is broken',
    async ({ severity, outcome }) => {
      const result = await runCheck(check({ severity, run: fails }), await subjectWith());

      expect(result).toMatchObject({ outcome, reason: 'It does not bow.' });
    },
  );

  it.each<{ why: string; given: Partial<Check>; skips: Record<string, string>; reason: string }>([
    {
      why: 'the plugin says so',
      given: {},
      skips: { 'manners.bow': 'it has no body' },
      reason: 'it has no body',
    },
    {
      why: 'it needs a vendor',
      given: { needsVendor: true },
      skips: {},
      reason: 'no simulated vendor was given',
    },
    {
      why: 'nothing is claimed',
      given: { notFor: () => 'it claims none' },
      skips: {},
      reason: 'it claims none',
    },
  ])('is skipped with the reason where $why', async ({ given, skips, reason }) => {
    const result = await runCheck(check({ run: fails, ...given }), await subjectWith(), skips);

    expect(result).toMatchObject({ outcome: 'skipped', reason });
  });

  it('tells no secret in what it found', async () => {
    const subject = await subjectWith();
    const started = { ...subject.started, revealed: new Set(['k-123']) };
    const run: Check['run'] = async () => {
      throw new Error('401: the key k-123 is wrong');
    };

    const { reason } = await runCheck(check({ run }), { ...subject, started });

    expect(reason).toBe('401: the key [secret] is wrong');
  });

  it('leaves a vendor that is well, even where it failed', async () => {
    const played: (VendorFault | undefined)[] = [];
    const vendor = { play: (fault?: VendorFault) => played.push(fault) };
    const run: Check['run'] = async (subject) => {
      subject.vendor!.play({ kind: 'silent_end' });
      await fails();
    };

    await runCheck(check({ run }), await subjectWith(vendor));

    expect(played).toEqual([{ kind: 'silent_end' }, undefined]);
  });
});

describe('a list of skipped checks', () => {
  it('names checks that there are, each with a reason in words', () => {
    const checks = [check(), check({ id: 'manners.nod' })];

    expect(problemsOf({ 'manners.bow': 'it has no body' }, checks)).toEqual([]);
    expect(problemsOf({ 'manners.nod': ' todo ', 'manners.kneel': 'it has no knees' }, checks)).toEqual([
      '"manners.nod" is skipped without a reason in words',
      'there is no check "manners.kneel"',
    ]);
  });
});

describe('a live run', () => {
  it('is made when it was asked for and every secret is there', () => {
    const environment = { TTH_LIVE: '1', ACME_KEY: 'k', ACME_REGION: 'eu' };

    expect(reasonNotLive(['ACME_KEY', 'ACME_REGION'], environment)).toBeUndefined();
  });

  it('says what it lacks otherwise', () => {
    expect(reasonNotLive(['ACME_KEY'], { ACME_KEY: 'k' })).toContain('TTH_LIVE=1');
    expect(reasonNotLive(['ACME_KEY', 'ACME_REGION'], { TTH_LIVE: '1', ACME_KEY: '' })).toBe(
      'ACME_KEY and ACME_REGION not set',
    );
  });

  it('is told the secrets that it named, and no others', () => {
    const secrets = secretsOf(['ACME_KEY'], { ACME_KEY: 'k', HOME: '/home' });

    expect(secrets.reveal({ secret: 'ACME_KEY' })).toBe('k');
    expect(() => secrets.reveal({ secret: 'HOME' })).toThrow(/not among/);
  });
});
