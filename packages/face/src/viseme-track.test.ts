import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mouthOpening } from './mouth-shape.ts';
import { channelIndex, neutralPose } from './pose.ts';
import { createVisemeTrack, phonemesToCues } from './viseme-track.ts';
import type { TimedPhoneme } from './viseme-track.ts';
import { visemes } from './visemes.ts';
import type { Viseme } from './visemes.ts';

const ms = 1_000;

/** Phonemes one after the other, from `startMs` on. */
const say = (list: readonly (readonly [ipa: string, durationMs: number])[], startMs = 0): TimedPhoneme[] => {
  let atMs = startMs;
  return list.map(([ipa, durationMs]) => {
    const startUs = atMs * ms;
    atMs += durationMs;
    return { ipa, startUs, durationUs: durationMs * ms };
  });
};

const trackOf = (list: readonly (readonly [string, number])[], startMs = 0) => {
  const track = createVisemeTrack();
  track.add(phonemesToCues(say(list, startMs)));
  return track;
};

const weightsAt = (track: ReturnType<typeof createVisemeTrack>, atMs: number) => {
  const pose = neutralPose();
  track.sample(atMs * ms, pose);
  return pose;
};

const weightAt = (track: ReturnType<typeof createVisemeTrack>, viseme: Viseme, atMs: number) =>
  weightsAt(track, atMs)[channelIndex[viseme]] ?? 0;

describe('cues of phonemes', () => {
  it('merges equal neighbours', () => {
    expect(
      phonemesToCues(
        say([
          ['m', 80],
          ['b', 60],
          ['ɑː', 150],
        ]),
      ),
    ).toEqual([
      { viseme: 'PP', startUs: 0, durationUs: 140 * ms, weight: 1 },
      { viseme: 'aa', startUs: 140 * ms, durationUs: 150 * ms, weight: 1 },
    ]);
  });

  it('bridges a pause of 120 ms and closes the mouth in a longer one', () => {
    const short = phonemesToCues([...say([['a', 100]]), ...say([['i', 100]], 220)]);
    const long = phonemesToCues([...say([['a', 100]]), ...say([['i', 100]], 221)]);

    expect(short.map(({ viseme }) => viseme)).toEqual(['aa', 'ih']);
    expect(long.map(({ viseme }) => viseme)).toEqual(['aa', 'sil', 'ih']);
    expect(long[1]).toEqual({ viseme: 'sil', startUs: 100 * ms, durationUs: 121 * ms, weight: 1 });
  });

  it('splits a gliding sound by its parts', () => {
    expect(phonemesToCues(say([['aɪ', 200]])).map(({ durationUs }) => durationUs)).toEqual([
      120 * ms,
      80 * ms,
    ]);
  });

  it('repeats the shape before an unknown phoneme', () => {
    expect(
      phonemesToCues(
        say([
          ['m', 80],
          ['!', 60],
        ]),
      ),
    ).toEqual([{ viseme: 'PP', startUs: 0, durationUs: 140 * ms, weight: 1 }]);
  });
});

describe('viseme track', () => {
  it('is all zero before, after and without speech', () => {
    const track = trackOf(
      [
        ['h', 60],
        ['ɑː', 200],
      ],
      500,
    );

    for (const atMs of [-1_000, 0, 439, 900, 9_000]) {
      expect([...weightsAt(track, atMs)]).toEqual([...neutralPose()]);
    }
    expect([...weightsAt(createVisemeTrack(), 100)]).toEqual([...neutralPose()]);
  });

  it('starts a shape 40 ms before its sound, and 60 ms before when the lips must close or round', () => {
    const vowel = trackOf([['ɑː', 300]], 1_000);
    const closure = trackOf([['uː', 300]], 1_000);

    expect(weightAt(vowel, 'aa', 959)).toBe(0);
    expect(weightAt(vowel, 'aa', 970)).toBeGreaterThan(0);
    expect(weightAt(closure, 'ou', 939)).toBe(0);
    expect(weightAt(closure, 'ou', 950)).toBeGreaterThan(0);
  });

  it('fades between shapes in 60 ms, the two together always one mouth', () => {
    const track = trackOf([
      ['ɑː', 300],
      ['iː', 300],
    ]);

    for (let atMs = 260; atMs <= 320; atMs += 5) {
      expect(weightAt(track, 'aa', atMs) + weightAt(track, 'ih', atMs)).toBeCloseTo(1, 5);
    }
    expect(weightAt(track, 'ih', 290)).toBeCloseTo(0.5, 5);
    expect(weightAt(track, 'aa', 320)).toBe(0);
  });

  it('shows closed lips in some picture of 25 per second, however fast the speech and whenever the pictures are taken', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 120 }),
        fc.integer({ min: 30, max: 120 }),
        fc.integer({ min: 0, max: 39 }),
        fc.constantFrom<[string, Viseme]>(['p', 'PP'], ['m', 'PP'], ['f', 'FF'], ['v', 'FF']),
        fc.constantFrom('ɑː', 'iː', 'uː', 's', 'ɹ'),
        (closureMs, otherMs, phaseMs, [ipa, viseme], other) => {
          const track = trackOf(
            [
              [other, otherMs],
              [ipa, closureMs],
              ['a', otherMs],
              [other, otherMs],
            ],
            400,
          );
          let most = 0;

          for (let atMs = phaseMs; atMs < 1_200; atMs += 40)
            most = Math.max(most, weightAt(track, viseme, atMs));

          expect(most).toBeGreaterThanOrEqual(0.8 - 1e-6);
        },
      ),
    );
  });

  it('shows both of two closures that follow each other', () => {
    const track = trackOf(
      [
        ['ɑː', 80],
        ['m', 50],
        ['f', 50],
        ['ɚ', 80],
      ],
      200,
    );

    for (let phaseMs = 0; phaseMs < 40; phaseMs += 1) {
      const seen = { PP: 0, FF: 0 };
      for (let atMs = phaseMs; atMs < 800; atMs += 40) {
        seen.PP = Math.max(seen.PP, weightAt(track, 'PP', atMs));
        seen.FF = Math.max(seen.FF, weightAt(track, 'FF', atMs));
      }
      expect(seen.PP).toBeGreaterThanOrEqual(0.8 - 1e-6);
      expect(seen.FF).toBeGreaterThanOrEqual(0.8 - 1e-6);
    }
  });

  it('closes the drawn mouth in silence and in a pause between words', () => {
    const track = createVisemeTrack();
    track.add(phonemesToCues([...say([['ɑː', 200]]), ...say([['ɑː', 200]], 700)]));

    expect(mouthOpening(weightsAt(track, 100))).toBeGreaterThan(0.5);
    expect(mouthOpening(weightsAt(track, 400))).toBe(0);
    expect(mouthOpening(weightsAt(track, 1_500))).toBe(0);
  });

  it('keeps every weight within 0 and 1 and their sum at most 1', () => {
    const sound = fc.tuple(
      fc.constantFrom('p', 'f', 'v', 'm', 'a', 'iː', 's', 'uː', 'aɪ', 't'),
      fc.integer({ min: 5, max: 250 }),
    );
    fc.assert(
      fc.property(
        fc.array(sound, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: -100, max: 3_000 }),
        (list, atMs) => {
          const pose = weightsAt(trackOf(list), atMs);
          const weights = visemes.map((name) => pose[channelIndex[name]] ?? NaN);

          for (const weight of weights) {
            expect(weight).toBeGreaterThanOrEqual(0);
            expect(weight).toBeLessThanOrEqual(1 + 1e-6);
          }
          expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(1 + 1e-5);
        },
      ),
    );
  });

  it('gives the same mouth whether cues come at once or sentence by sentence', () => {
    const cues = phonemesToCues(
      say([
        ['h', 60],
        ['ɛ', 80],
        ['l', 70],
        ['oʊ', 200],
        ['m', 60],
        ['aɪ', 180],
      ]),
    );
    const atOnce = createVisemeTrack();
    const inTurn = createVisemeTrack();

    atOnce.add(cues);
    for (const cue of cues) inTurn.add([cue]);

    for (let atMs = -100; atMs < 900; atMs += 7) {
      expect([...weightsAt(inTurn, atMs)]).toEqual([...weightsAt(atOnce, atMs)]);
    }
  });

  it('forgets the past without changing the present', () => {
    const list = Array.from({ length: 40 }, (_, i) => (i % 3 ? (['ɑː', 90] as const) : (['m', 60] as const)));
    const whole = trackOf(list);
    const pruned = trackOf(list);

    pruned.forgetBefore(1_500 * ms);

    for (let atMs = 1_500; atMs < 3_400; atMs += 13) {
      expect([...weightsAt(pruned, atMs)]).toEqual([...weightsAt(whole, atMs)]);
    }
    expect(pruned.endUs).toBe(whole.endUs);
  });

  it('closes the mouth within 80 ms of a stop and speaks again when new cues come', () => {
    const track = trackOf([['ɑː', 2_000]]);

    track.stop(500 * ms);

    expect(weightAt(track, 'aa', 500)).toBeCloseTo(1, 5);
    expect(weightAt(track, 'aa', 540)).toBeCloseTo(0.5, 5);
    expect(weightAt(track, 'aa', 580)).toBe(0);
    expect(track.endUs).toBe(0);
    track.add(phonemesToCues(say([['iː', 300]], 800)));
    expect(weightAt(track, 'ih', 900)).toBeCloseTo(1, 5);
  });

  it('leaves every channel alone that is not a viseme', () => {
    const pose = neutralPose().fill(0.25);

    trackOf([['ɑː', 200]]).sample(100 * ms, pose);

    expect(pose.slice(visemes.length).every((value) => value === 0.25)).toBe(true);
  });

  it('knows where its last cue ends', () => {
    expect(createVisemeTrack().endUs).toBe(0);
    expect(
      trackOf(
        [
          ['m', 80],
          ['a', 100],
        ],
        300,
      ).endUs,
    ).toBe(480 * ms);
  });
});
