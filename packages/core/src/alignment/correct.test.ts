import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicies } from '../domain/policies.ts';
import {
  type Correction,
  type CorrectionKind,
  type FaceState,
  correctDrift,
  correctionMs,
  fullFace,
  gapSilenceMs,
  noCorrection,
  pauseTrimMs,
  stepFace,
} from './correct.ts';

const policy = defaultPolicies.drift;
const during: Correction = { kind: 'rate', outsideSinceMs: undefined };

describe('correction of drift', () => {
  it.each<{ errorMs: number; idle: CorrectionKind; busy: CorrectionKind }>([
    { errorMs: 0, idle: 'none', busy: 'none' },
    { errorMs: 15, idle: 'none', busy: 'none' },
    { errorMs: 16, idle: 'none', busy: 'rate' },
    { errorMs: -16, idle: 'none', busy: 'rate' },
    { errorMs: 30, idle: 'none', busy: 'rate' },
    { errorMs: 31, idle: 'rate', busy: 'rate' },
    { errorMs: -31, idle: 'rate', busy: 'rate' },
    { errorMs: -41, idle: 'drop', busy: 'drop' },
    { errorMs: 61, idle: 'hold', busy: 'hold' },
    { errorMs: -500, idle: 'drop', busy: 'drop' },
    { errorMs: 500, idle: 'hold', busy: 'hold' },
  ])('of $errorMs ms begins as $idle and goes on as $busy', ({ errorMs, idle, busy }) => {
    const now = { errorMs, nowMs: 1_000, atGap: false };

    expect(correctDrift(noCorrection, now, policy).kind).toBe(idle);
    expect(correctDrift(during, now, policy).kind).toBe(busy);
  });

  it('beyond all tolerance happens at once at the next sentence, or without one when none comes in time', () => {
    const at = (last: Correction, nowMs: number, atGap = false) =>
      correctDrift(last, { errorMs: 400, nowMs, atGap }, policy);
    const begun = at(noCorrection, 1_000);

    expect(at(begun, 1_400, true).kind).toBe('hold');
    expect(at(begun, 1_500, true).kind).toBe('resync');
    expect(at(begun, 2_400).kind).toBe('hold');
    expect(at(begun, 2_500).kind).toBe('resync');
  });

  it('moves pictures by no more than its pace allows, and never beyond the error', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2_000, max: 2_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.constantFrom<CorrectionKind>('none', 'rate', 'drop', 'hold', 'resync'),
        (errorMs, mediaMs, kind) => {
          const movedMs = correctionMs({ kind, outsideSinceMs: undefined }, errorMs, mediaMs, policy);

          expect(Math.abs(movedMs)).toBeLessThanOrEqual(Math.abs(errorMs));
          expect(movedMs * errorMs).toBeGreaterThanOrEqual(0);
          if (kind !== 'resync') expect(Math.abs(movedMs)).toBeLessThanOrEqual(mediaMs * policy.firmRate);
        },
      ),
    );
  });

  it('never oscillates: an error that does not change is corrected once and for all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.array(fc.integer({ min: -7, max: 7 }), { minLength: 400, maxLength: 400 }),
        (startMs, noise) => {
          let errorMs = startMs;
          let last = noCorrection;
          let begun = 0;
          for (const [n, noiseMs] of noise.entries()) {
            const seenMs = errorMs + noiseMs;
            const next = correctDrift(last, { errorMs: seenMs, nowMs: n * 40, atGap: n % 50 === 0 }, policy);
            if (last.kind === 'none' && next.kind !== 'none') begun += 1;
            errorMs -= correctionMs(next, seenMs, 40, policy);
            last = next;
          }

          expect(last.kind).toBe('none');
          expect(begun).toBeLessThanOrEqual(1);
          expect(Math.abs(errorMs)).toBeLessThanOrEqual(policy.enterMs + 7);
        },
      ),
    );
  });
});

describe('silence before a sentence', () => {
  it.each([
    { behindMs: -50, silenceMs: 0 },
    { behindMs: 30, silenceMs: 0 },
    { behindMs: 31, silenceMs: 31 },
    { behindMs: 150, silenceMs: 150 },
    { behindMs: 900, silenceMs: 200 },
  ])('is $silenceMs ms for pictures that are $behindMs ms behind', ({ behindMs, silenceMs }) => {
    expect(gapSilenceMs(behindMs, 200, policy)).toBe(silenceMs);
  });
});

describe('a pause before a sentence', () => {
  it.each([
    { what: 'is whole when no time was lost', lostMs: 0, behindMs: 0, trimMs: 0 },
    { what: 'is shorter by what was lost', lostMs: 60, behindMs: -400, trimMs: 60 },
    { what: 'is never shorter than half of it', lostMs: 900, behindMs: 0, trimMs: 100 },
    { what: 'is whole while the mouth is late', lostMs: 900, behindMs: 31, trimMs: 0 },
  ])('$what', ({ lostMs, behindMs, trimMs }) => {
    expect(pauseTrimMs(200, { lostMs, behindMs }, policy)).toBe(trimMs);
  });
});

describe('a face that falls behind', () => {
  /** The face after looks every 100 ms, with sentences that begin every 4 s. */
  const watch = (
    behindMs: (ms: number) => number,
    forMs: number,
    from: FaceState = fullFace(0),
  ): FaceState[] => {
    const states = [from];
    for (let ms = 100; ms <= forMs; ms += 100) {
      const next = stepFace(
        states.at(-1)!,
        { nowMs: ms, behindMs: behindMs(ms), atGap: ms % 4_000 === 0 },
        policy,
      );
      states.push(next);
    }
    return states;
  };
  const levels = (states: readonly FaceState[]): string[] =>
    states.map(({ level }) => level).filter((level, n, all) => level !== all[n - 1]);

  it('is asked for fewer pictures, then for none', () => {
    expect(levels(watch(() => 200, 4_000))).toEqual(['full', 'reduced_fps', 'audio_only']);
  });

  it('is not asked for less because it stood still for a moment', () => {
    expect(levels(watch((ms) => (ms >= 1_000 && ms < 1_700 ? ms - 1_000 : 0), 10_000))).toEqual(['full']);
  });

  it('is left alone while it makes up for a late start', () => {
    const catchingUp = (ms: number): number => 1_500 - 0.3 * ms;

    expect(levels(watch(catchingUp, 6_000))).toEqual(['full']);
  });

  it('is asked for all pictures again after it has kept up, where a sentence begins', () => {
    const states = watch((ms) => (ms < 1_500 ? 200 : 0), 14_000);

    expect(levels(states)).toEqual(['full', 'reduced_fps', 'full']);
    expect(states.findLast(({ level }) => level === 'full')?.sinceMs).toBe(12_000);
  });

  it('comes back after a rest with fewer pictures, where a sentence begins', () => {
    const states = watch((ms) => (ms < 2_500 ? 200 : 0), 14_000);

    expect(levels(states).slice(0, 4)).toEqual(['full', 'reduced_fps', 'audio_only', 'reduced_fps']);
  });

  it('has to prove itself for twice as long each time that it fell back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -200, max: 400 }), { minLength: 600, maxLength: 600 }),
        (behind) => {
          const states = watch((ms) => behind[ms / 100 - 1]!, 60_000);

          for (const [n, state] of states.entries()) {
            const before = states[n - 1];
            if (before === undefined || before.level === state.level) continue;
            if (state.falls > before.falls) continue;
            const leastMs = before.level === 'audio_only' ? policy.faceRestMs : policy.faceCalmMs;
            expect(state.sinceMs - before.sinceMs).toBeGreaterThanOrEqual(
              leastMs * 2 ** Math.max(0, state.falls - 1),
            );
          }
        },
      ),
    );
  });
});
