import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blendPoses,
  channelIndex,
  decodePose,
  encodePose,
  neutralPose,
  poseChannels,
  poseSize,
} from './pose.ts';

const signed = new Set(['gazeX', 'gazeY', 'headYaw', 'headPitch', 'headRoll']);

const anyPose = fc
  .tuple(...poseChannels.map((name) => fc.float({ min: signed.has(name) ? -1 : 0, max: 1, noNaN: true })))
  .map((values) => Float32Array.from(values));

describe('pose', () => {
  it('keeps its channels in the order of the wire', () => {
    expect(poseSize).toBe(36);
    expect(poseChannels.slice(0, 3)).toEqual(['sil', 'PP', 'FF']);
    expect(channelIndex.ou).toBe(14);
    expect(channelIndex.browInnerUp).toBe(15);
    expect(channelIndex.eyeBlinkLeft).toBe(27);
    expect(channelIndex.gazeX).toBe(29);
    expect(channelIndex.energy).toBe(35);
  });

  it('comes back from its bytes within 1/127 in every channel', () => {
    fc.assert(
      fc.property(anyPose, fc.nat(9), (pose, offset) => {
        const bytes = new Uint8Array(poseSize + offset);
        encodePose(pose, bytes, offset);

        const decoded = decodePose(bytes, offset);

        for (const [i, value] of pose.entries())
          expect(Math.abs(value - (decoded[i] ?? NaN))).toBeLessThan(1 / 127);
      }),
    );
  });

  it('is one byte per channel, with zero at 0 or, for signed channels, at 128', () => {
    const bytes = new Uint8Array(poseSize).fill(7);

    encodePose(neutralPose(), bytes);

    expect([...bytes]).toEqual(poseChannels.map((name) => (signed.has(name) ? 128 : 0)));
    expect(decodePose(bytes)).toEqual(neutralPose());
  });

  it('clamps what lies outside a channel before it is written', () => {
    const pose = neutralPose();
    pose[channelIndex.aa] = 3;
    pose[channelIndex.headYaw] = -2;
    const bytes = new Uint8Array(poseSize);

    encodePose(pose, bytes);

    const decoded = decodePose(bytes);
    expect(decoded[channelIndex.aa]).toBe(1);
    expect(decoded[channelIndex.headYaw]).toBe(-1);
  });

  it('writes nothing outside its own bytes', () => {
    const bytes = new Uint8Array(poseSize + 4).fill(9);

    encodePose(neutralPose(), bytes, 2);

    expect([bytes[0], bytes[1], bytes.at(-2), bytes.at(-1)]).toEqual([9, 9, 9, 9]);
  });

  it('fills the pose it is given instead of a new one', () => {
    const into = neutralPose();

    expect(decodePose(new Uint8Array(poseSize), 0, into)).toBe(into);
  });

  it('blends from the first pose to the second', () => {
    fc.assert(
      fc.property(anyPose, anyPose, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, t) => {
        const mixed = blendPoses(a, b, t);

        for (const [i, value] of blendPoses(a, b, 0).entries()) expect(value).toBeCloseTo(a[i] ?? NaN, 9);
        for (const [i, value] of mixed.entries()) {
          expect(value).toBeGreaterThanOrEqual(Math.min(a[i] ?? 0, b[i] ?? 0) - 1e-6);
          expect(value).toBeLessThanOrEqual(Math.max(a[i] ?? 0, b[i] ?? 0) + 1e-6);
        }
      }),
    );
  });
});
