import { visemes } from './visemes.ts';

/**
 * Every channel of a pose, in wire order. New channels are only ever appended.
 *
 * - Visemes, expression, blinks, `breath`, `energy`: 0 (off) to 1 (full).
 * - `gazeX`, `gazeY`, `headYaw`, `headPitch`, `headRoll`: −1 to 1. Plus is the right of the picture, up, and
 *   clockwise as the viewer sees it.
 * - `Left` and `Right` in a name are the avatar's own: its left eye is on the right of the picture.
 */
export const poseChannels = [
  ...visemes,
  'browInnerUp',
  'browOuterUp',
  'browDown',
  'eyeWide',
  'eyeSquint',
  'cheekSquint',
  'mouthSmile',
  'mouthFrown',
  'mouthPress',
  'mouthStretch',
  'noseSneer',
  'mouthDimpleLeft',
  'eyeBlinkLeft',
  'eyeBlinkRight',
  'gazeX',
  'gazeY',
  'headYaw',
  'headPitch',
  'headRoll',
  'breath',
  'energy',
] as const;

/** Name of one channel of a pose. */
export type PoseChannel = (typeof poseChannels)[number];

/** One instant of the whole face: a value per channel, in the order of `poseChannels`. */
export type Pose = Float32Array;

/** Channels in a pose, and bytes in an encoded one. */
export const poseSize: number = poseChannels.length;

/** Position of each channel inside a pose. */
export const channelIndex: Readonly<Record<PoseChannel, number>> = Object.fromEntries(
  poseChannels.map((name, index) => [name, index]),
) as Record<PoseChannel, number>;

const firstSigned = channelIndex.gazeX;
const lastSigned = channelIndex.headRoll;
const isSigned = (index: number): boolean => index >= firstSigned && index <= lastSigned;

/** A fresh pose at rest: mouth closed, eyes open, looking into the camera. */
export const neutralPose = (): Pose => new Float32Array(poseSize);

/**
 * Writes a pose as `poseSize` bytes from `offset` on. Values outside their range are clamped; unsigned channels
 * use 0–255, signed ones 1–255 with 128 as zero. Decoding gives each value back within 1/254.
 */
export const encodePose = (pose: Pose, bytes: Uint8Array, offset = 0): void => {
  for (let index = 0; index < poseSize; index += 1) {
    const value = pose[index] ?? 0;
    bytes[offset + index] = isSigned(index)
      ? 128 + Math.round(Math.max(-1, Math.min(1, value)) * 127)
      : Math.round(Math.max(0, Math.min(1, value)) * 255);
  }
};

/** Reads a pose that `encodePose` wrote. Fills and returns `into` when given, else a new pose. */
export const decodePose = (bytes: Uint8Array, offset = 0, into: Pose = neutralPose()): Pose => {
  for (let index = 0; index < poseSize; index += 1) {
    const byte = bytes[offset + index] ?? (isSigned(index) ? 128 : 0);
    into[index] = isSigned(index) ? Math.max(-1, (byte - 128) / 127) : byte / 255;
  }
  return into;
};

/** The pose between `a` (`t` = 0) and `b` (`t` = 1), channel by channel. `into` may be `a` or `b`. */
export const blendPoses = (a: Pose, b: Pose, t: number, into: Pose = neutralPose()): Pose => {
  for (let index = 0; index < poseSize; index += 1) {
    const from = a[index] ?? 0;
    into[index] = from + ((b[index] ?? 0) - from) * t;
  }
  return into;
};

/** Adds `amount` to one channel and keeps the sum inside the channel's range. */
export const addToChannel = (pose: Pose, channel: PoseChannel, amount: number): void => {
  const index = channelIndex[channel];
  const sum = (pose[index] ?? 0) + amount;
  pose[index] = Math.max(isSigned(index) ? -1 : 0, Math.min(1, sum));
};
