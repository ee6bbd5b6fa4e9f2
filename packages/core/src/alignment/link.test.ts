import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicies } from '../domain/policies.ts';
import { type LinkLevel, type LinkSign, type LinkState, freshLink, linkLevels, stepLink } from './link.ts';

const { link: policy } = defaultPolicies;
const lookMs = 100;
const sentenceMs = 4_000;

/** The states of a link after looks every 100 ms, with sentences that begin every 4 s. */
const watch = (signs: (ms: number) => LinkSign, forMs: number, from = freshLink(0)): LinkState[] => {
  const states = [from];
  for (let ms = lookMs; ms <= forMs; ms += lookMs) {
    states.push(
      stepLink(states.at(-1)!, { nowMs: ms, sign: signs(ms), atGap: ms % sentenceMs === 0 }, policy),
    );
  }
  return states;
};
const steps = (states: readonly LinkState[]): [LinkLevel, number][] =>
  states.flatMap(({ level, sinceMs }, n) => (level === states[n - 1]?.level ? [] : [[level, sinceMs]]));
const between =
  (fromMs: number, toMs: number, sign: LinkSign = 'pressed') =>
  (ms: number): LinkSign =>
    ms >= fromMs && ms < toMs ? sign : 'clear';

describe('what a link is asked to carry', () => {
  it.each<{ what: string; signs: (ms: number) => LinkSign; levels: LinkLevel[] }>([
    { what: 'is everything while it is clear', signs: () => 'clear', levels: ['full'] },
    { what: 'is not changed by a moment of pressure', signs: between(1_000, 1_400), levels: ['full'] },
    {
      what: 'is less once it has been pressed for half a second',
      signs: between(1_000, 1_700),
      levels: ['full', 'reduced_size'],
    },
    {
      what: 'is less at once when the sound ran dry',
      signs: between(1_000, 1_100, 'starved'),
      levels: ['full', 'reduced_size'],
    },
    {
      what: 'is less and less, down to a still image, while the pressure goes on',
      signs: () => 'pressed',
      levels: [...linkLevels],
    },
  ])('$what', ({ signs, levels }) => {
    expect(steps(watch(signs, 8_000)).map(([level]) => level)).toEqual(levels);
  });

  it('is not reduced again before what was sent earlier has drained', () => {
    const fell = steps(watch(() => 'starved', 10_000)).map(([, sinceMs]) => sinceMs);

    expect(fell.slice(1)).toEqual([100, 100 + policy.drainMs, 100 + 2 * policy.drainMs]);
  });

  it('is pressed by signs that come now and then, and not by one that stands alone', () => {
    const everyMs = (gapMs: number) => watch((ms) => (ms % gapMs === 0 ? 'pressed' : 'clear'), 3_000);

    expect(everyMs(500).at(-1)!.level).not.toBe('full');
    expect(everyMs(1_000).at(-1)!.level).toBe('full');
  });

  it('is more again after a calm time, step by step, where a sentence begins', () => {
    const states = watch(between(0, 2_000), 40_000);

    const up = steps(states).slice(3);
    expect(steps(states).map(([level]) => level)).toEqual([
      'full',
      'reduced_size',
      'reduced_fps',
      'reduced_size',
      'full',
    ]);
    for (const [, sinceMs] of up) expect(sinceMs % sentenceMs).toBe(0);
    expect(up[0]![1] - 2_000).toBeGreaterThanOrEqual(policy.calmMs - lookMs);
    expect(up[1]![1] - up[0]![1]).toBeGreaterThanOrEqual(policy.calmMs);
  });

  it('is tried with more ever less often while that does not hold', () => {
    // Carries what is left of the picture at the first step, and never the whole of it.
    let last = freshLink(0);
    const raises: number[] = [];
    for (let ms = lookMs; ms <= 300_000; ms += lookMs) {
      const sign = last.level === 'full' ? 'pressed' : 'clear';
      const next = stepLink(last, { nowMs: ms, sign, atGap: ms % sentenceMs === 0 }, policy);
      if (next.level === 'full' && last.level !== 'full') raises.push(ms);
      last = next;
    }

    const waits = raises.slice(1).map((ms, n) => ms - raises[n]!);
    expect(waits.length).toBeGreaterThan(2);
    for (const [n, waitMs] of waits.entries()) {
      expect(waitMs).toBeGreaterThanOrEqual(Math.min(policy.calmMs * 2 ** (n + 1), policy.calmMs * 16));
    }
  });

  it('is forgiven its failures once everything was carried for a minute', () => {
    const failed: LinkState = { ...freshLink(0), falls: 3 };

    expect(watch(() => 'clear', policy.forgiveMs - lookMs, failed).at(-1)!.falls).toBe(3);
    expect(watch(() => 'clear', policy.forgiveMs, failed).at(-1)!.falls).toBe(0);
  });

  it('moves by one step at a time, goes up in gaps only, and never while signs come', () => {
    const sign = fc.constantFrom<LinkSign>('clear', 'clear', 'clear', 'pressed', 'starved');
    fc.assert(
      fc.property(fc.array(sign, { minLength: 900, maxLength: 900 }), (signs) => {
        const states = watch((ms) => signs[ms / lookMs - 1]!, 90_000);

        for (const [n, { level, sinceMs }] of states.entries()) {
          const before = states[n - 1];
          if (before === undefined || before.level === level) continue;
          const by = linkLevels.indexOf(level) - linkLevels.indexOf(before.level);
          expect(Math.abs(by)).toBe(1);
          if (by < 0) {
            expect(sinceMs % sentenceMs).toBe(0);
            expect(signs[n - 1]).toBe('clear');
            expect(sinceMs - before.lastPressedMs).toBeGreaterThanOrEqual(policy.calmMs);
          } else expect(signs[n - 1]).not.toBe('clear');
        }
      }),
    );
  });
});
