import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addGaze, gazeDirections } from './gaze.ts';
import { addIdleMotion, addSpeakingMotion } from './motion.ts';
import { channelIndex, neutralPose } from './pose.ts';
import type { PoseChannel } from './pose.ts';

const secondUs = 1_000_000;

const idleAt = (seed: number, atUs: number) => {
  const pose = neutralPose();
  addIdleMotion(seed, atUs, pose);
  return pose;
};

/** Times in seconds at which a minute of blinks begins. */
const blinksOf = (seed: number, seconds: number): number[] => {
  const starts: number[] = [];
  let wasShut = false;
  for (let t = 0; t < seconds; t += 0.01) {
    const isShut = (idleAt(seed, t * secondUs)[channelIndex.eyeBlinkLeft] ?? 0) > 0.9;
    if (isShut && !wasShut) starts.push(t);
    wasShut = isShut;
  }
  return starts;
};

describe('idle motion', () => {
  it('depends on seed and time alone and keeps every channel in range', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 3_600 * secondUs }), (seed, atUs) => {
        const pose = idleAt(seed, atUs);

        expect([...idleAt(seed, atUs)]).toEqual([...pose]);
        for (const value of pose) expect(Math.abs(value)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('differs from seed to seed', () => {
    expect([...idleAt(1, 7 * secondUs)]).not.toEqual([...idleAt(2, 7 * secondUs)]);
  });

  it('blinks 10 to 30 times a minute at irregular intervals', () => {
    const starts = blinksOf(3, 120);
    const gaps = starts.slice(1).map((start, i) => start - (starts[i] ?? 0));

    expect(starts.length / 2).toBeGreaterThanOrEqual(10);
    expect(starts.length / 2).toBeLessThanOrEqual(30);
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(2);
  });

  it('now and then blinks twice in a row', () => {
    const starts = blinksOf(5, 300);

    expect(starts.some((start, i) => i > 0 && start - (starts[i - 1] ?? 0) < 0.5)).toBe(true);
  });

  it('shuts the eyes in at least one picture of 25 per second for each blink', () => {
    const shut = Array.from(
      { length: 1_500 },
      (_, k) => idleAt(3, k * 40_000)[channelIndex.eyeBlinkLeft] ?? 0,
    );

    expect(shut.filter((lid) => lid > 0.9).length).toBeGreaterThanOrEqual(10);
  });

  it('moves without jumps, the eyes apart', () => {
    const slow: PoseChannel[] = ['breath', 'headYaw', 'headPitch', 'headRoll'];
    for (let k = 1; k < 2_000; k += 1) {
      const before = idleAt(9, (k - 1) * 40_000);
      const after = idleAt(9, k * 40_000);
      for (const name of slow) {
        expect(Math.abs((after[channelIndex[name]] ?? 0) - (before[channelIndex[name]] ?? 0))).toBeLessThan(
          0.06,
        );
      }
    }
  });

  it('keeps an eye shut that something else has shut', () => {
    const pose = neutralPose();
    pose[channelIndex.eyeBlinkLeft] = 1;

    addIdleMotion(1, 0, pose);

    expect(pose[channelIndex.eyeBlinkLeft]).toBe(1);
  });
});

describe('speaking motion', () => {
  const headTravel = (motion: 'still' | 'natural' | 'expressive', energy: number): number => {
    let travel = 0;
    for (let k = 0; k < 250; k += 1) {
      const pose = neutralPose();
      addSpeakingMotion(4, k * 40_000, energy, motion, pose);
      for (const name of ['headYaw', 'headPitch', 'headRoll'] as const)
        travel += Math.abs(pose[channelIndex[name]] ?? 0);
    }
    return travel;
  };

  it('moves the head more when it is asked to be expressive, and not at all when still', () => {
    expect(headTravel('still', 1)).toBe(0);
    expect(headTravel('natural', 1)).toBeGreaterThan(0);
    expect(headTravel('expressive', 1)).toBeGreaterThan(headTravel('natural', 1) * 1.5);
  });

  it('grows with loudness and rests in silence', () => {
    expect(headTravel('natural', 0)).toBe(0);
    expect(headTravel('natural', 0.3)).toBeLessThan(headTravel('natural', 0.9));
  });

  it('is the same for the same seed, time and loudness', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.nat(600 * secondUs),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, atUs, energy) => {
          const once = neutralPose();
          const again = neutralPose();
          addSpeakingMotion(seed, atUs, energy, 'expressive', once);
          addSpeakingMotion(seed, atUs, energy, 'expressive', again);

          expect([...once]).toEqual([...again]);
          expect(once[channelIndex.energy]).toBeCloseTo(energy, 5);
        },
      ),
    );
  });
});

describe('gaze', () => {
  it('looks into the camera without moving anything', () => {
    const pose = neutralPose();

    addGaze('camera', 1, pose);

    expect([...pose]).toEqual([...neutralPose()]);
  });

  it('looks to the sides of the picture and up and down', () => {
    const look = (direction: (typeof gazeDirections)[number]) => {
      const pose = neutralPose();
      addGaze(direction, 1, pose);
      return [Math.sign(pose[channelIndex.gazeX] ?? 0), Math.sign(pose[channelIndex.gazeY] ?? 0)];
    };

    expect(gazeDirections.map(look)).toEqual([
      [0, 0],
      [-1, 0],
      [1, 0],
      [0, 1],
      [0, -1],
    ]);
  });
});
