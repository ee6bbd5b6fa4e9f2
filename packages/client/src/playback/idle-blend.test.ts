import { type Pose, channelIndex, mouthOpening } from '@tth/face';
import { describe, expect, it } from 'vitest';
import { createIdleBlend } from './idle-blend.ts';

const open = (into: Pose): boolean => {
  into.fill(0);
  into[channelIndex.aa] = 1;
  return true;
};
const silent = (): boolean => false;

const startSpeaking = () => {
  const blend = createIdleBlend(7);
  blend.next(0, silent);
  for (let ms = 16; ms <= 320; ms += 16) blend.next(ms, open);
  return blend;
};

describe('idle blend', () => {
  it('breathes and blinks at rest, with a closed mouth', () => {
    const blend = createIdleBlend(7);
    const breaths = new Set<number>();
    let lids = 0;
    for (let ms = 0; ms < 20_000; ms += 40) {
      const pose = blend.next(ms, silent);
      expect(mouthOpening(pose)).toBe(0);
      breaths.add(Math.round((pose[channelIndex.breath] ?? 0) * 10));
      lids = Math.max(lids, pose[channelIndex.eyeBlinkLeft] ?? 0);
    }

    expect(breaths.size).toBeGreaterThan(8);
    expect(lids).toBeGreaterThan(0.9);
  });

  it('moves into speech without a jump and is all speech after 220 ms', () => {
    const blend = createIdleBlend(7);
    blend.next(0, silent);
    const openings = Array.from({ length: 15 }, (_, n) => mouthOpening(blend.next((n + 1) * 16, open)));

    expect(openings[0]).toBeLessThan(0.05);
    expect(openings.every((opening, n) => opening >= (openings[n - 1] ?? 0))).toBe(true);
    expect(openings[13]).toBeCloseTo(1);
  });

  it('lets the last mouth of a speech close over 220 ms', () => {
    const blend = startSpeaking();

    expect(mouthOpening(blend.next(320 + 110, silent))).toBeGreaterThan(0.2);
    expect(mouthOpening(blend.next(320 + 220, silent))).toBe(0);
  });

  it('closes the mouth within 80 ms after a cut', () => {
    const blend = startSpeaking();

    blend.cut();

    expect(mouthOpening(blend.next(320 + 80, silent))).toBe(0);
  });
});
