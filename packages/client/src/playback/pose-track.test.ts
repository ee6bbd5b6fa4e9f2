import { channelIndex, encodePose, neutralPose, poseSize } from '@tth/face';
import { describe, expect, it } from 'vitest';
import { poses } from '../../test/world.ts';
import { createPoseTrack } from './pose-track.ts';

const aa = channelIndex.aa;

/** Poses whose mouth opens by these amounts, 40 ms apart. */
const openings = (...amounts: number[]): Uint8Array => {
  const payload = new Uint8Array(poseSize * amounts.length);
  for (const [n, amount] of amounts.entries()) {
    const pose = neutralPose();
    pose[aa] = amount;
    encodePose(pose, payload, n * poseSize);
  }
  return payload;
};

const startTrack = (...amounts: number[]) => {
  let consumedUs = 0;
  const track = createPoseTrack((us) => (consumedUs += us));
  track.accept(poses({ payload: openings(...amounts), durationUs: amounts.length * 40_000 }));
  const openAt = (ptsUs: number, turn = 1): number | undefined => {
    const into = neutralPose();
    return track.sample(turn, ptsUs, into) === undefined ? undefined : into[aa];
  };
  return { track, openAt, consumedUs: () => consumedUs };
};

describe('pose track', () => {
  it('moves evenly from one pose to the next', () => {
    const { openAt } = startTrack(0, 1, 0);

    expect([0, 20_000, 40_000, 70_000].map((ptsUs) => openAt(ptsUs))).toEqual([
      0,
      0.5,
      1,
      expect.closeTo(0.25) as number,
    ]);
  });

  it('holds the last pose, and says until when it was meant', () => {
    const { track, openAt } = startTrack(0, 1);

    expect(openAt(300_000)).toBe(1);
    expect(track.sample(1, 300_000, neutralPose())).toBe(80_000);
  });

  it('shows nothing of another turn', () => {
    const { openAt } = startTrack(1, 1);

    expect(openAt(0, 2)).toBeUndefined();
  });

  it('lets go of poses as they pass, each for its own length, and keeps the one on show', () => {
    const { track, openAt, consumedUs } = startTrack(0, 0.2, 1, 0);

    track.advance(1, 90_000);

    expect(consumedUs()).toBe(80_000);
    expect(openAt(90_000)).toBeCloseTo(0.75);
    expect(track.bufferedUs()).toBe(80_000);
  });

  it('lets go of all older turns when a later one is heard', () => {
    const { track, consumedUs } = startTrack(0, 1);

    track.advance(2, 0);

    expect(consumedUs()).toBe(80_000);
  });

  it('replaces what it had from the place where a repeated sentence begins', () => {
    const { track, openAt, consumedUs } = startTrack(0, 0, 0, 0);

    track.accept(poses({ payload: openings(1, 1), ptsUs: 80_000, durationUs: 80_000 }));

    expect(consumedUs()).toBe(80_000);
    expect(openAt(80_000)).toBe(1);
  });

  it('reads poses of another length by their own stride', () => {
    const { track, openAt } = startTrack(0);
    const payload = new Uint8Array((poseSize + 2) * 2);
    payload.set(openings(0.2), 0);
    payload.set(openings(1), poseSize + 2);

    track.accept(poses({ payload, ptsUs: 40_000, durationUs: 80_000 }), poseSize + 2);

    expect(openAt(80_000)).toBe(1);
  });
});
