import { addToChannel, channelIndex } from './pose.ts';
import type { Pose } from './pose.ts';
import { scatter } from './scatter.ts';

/** How much the head moves with speech. */
export type HeadMotion = 'still' | 'natural' | 'expressive';

const secondUs = 1_000_000;

/** The nth chance of one of the streams of events that a seed has. */
const chance = (seed: number, stream: number, n: number): number => scatter(Math.imul(seed, 101) + stream, n);

const smooth = (t: number): number => {
  const clamped = Math.max(0, Math.min(1, t));
  return clamped * clamped * (3 - 2 * clamped);
};

/** Smooth wandering between −1 and 1 that picks a new goal every `periodS` seconds. */
const wander = (seed: number, stream: number, timeS: number, periodS: number): number => {
  const step = timeS / periodS;
  const n = Math.floor(step);
  const from = chance(seed, stream, n) * 2 - 1;
  const to = chance(seed, stream, n + 1) * 2 - 1;
  return from + (to - from) * smooth(step - n);
};

const blinkSlotS = 3.7;
const blinkCloseS = 0.08;
const blinkHoldS = 0.045;
const blinkOpenS = 0.15;
const secondBlinkS = 0.33;

/** Lids at `sinceS` after a blink began: down fast, a moment shut, up slower. */
const lidAt = (sinceS: number): number => {
  if (sinceS < 0) return 0;
  if (sinceS < blinkCloseS) return smooth(sinceS / blinkCloseS);
  if (sinceS < blinkCloseS + blinkHoldS) return 1;
  return 1 - smooth((sinceS - blinkCloseS - blinkHoldS) / blinkOpenS);
};

const blinkAt = (seed: number, timeS: number): number => {
  const slot = Math.floor(timeS / blinkSlotS);
  let lid = 0;
  for (const n of [slot - 1, slot]) {
    if (chance(seed, 0, n) < 0.08) continue;
    const sinceS = timeS - (n + chance(seed, 1, n) * 0.8) * blinkSlotS;
    lid = Math.max(lid, lidAt(sinceS));
    if (chance(seed, 2, n) < 0.14) lid = Math.max(lid, lidAt(sinceS - secondBlinkS));
  }
  return lid;
};

const saccadeSlotS = 1.4;
const saccadeS = 0.06;

/** Where the eyes rest in one slot; most of the time that is the camera. */
const fixation = (seed: number, n: number): readonly [x: number, y: number] => {
  if (chance(seed, 3, n) < 0.55) return [0, 0];
  return [(chance(seed, 4, n) - 0.5) * 0.36, (chance(seed, 5, n) - 0.5) * 0.22];
};

const addSaccades = (seed: number, timeS: number, into: Pose): void => {
  const slot = Math.floor(timeS / saccadeSlotS);
  const moved = smooth((timeS - (slot + chance(seed, 6, slot) * 0.7) * saccadeSlotS) / saccadeS);
  const [fromX, fromY] = fixation(seed, slot - 1);
  const [toX, toY] = fixation(seed, slot);
  addToChannel(into, 'gazeX', fromX + (toX - fromX) * moved);
  addToChannel(into, 'gazeY', fromY + (toY - fromY) * moved);
};

/**
 * Adds what a face does when it does nothing: breath, blinks at irregular intervals (now and then two in a row),
 * small saccades, a slow sway of the head. The same seed and time always give the same pose.
 */
export const addIdleMotion = (seed: number, atUs: number, into: Pose): void => {
  const timeS = atUs / secondUs;
  const breathS = timeS / 4.1 + 0.12 * wander(seed, 7, timeS, 9) + chance(seed, 8, 0);
  addToChannel(into, 'breath', 0.5 - 0.5 * Math.cos(breathS * 2 * Math.PI));
  const lid = blinkAt(seed, timeS);
  for (const channel of ['eyeBlinkLeft', 'eyeBlinkRight'] as const) {
    into[channelIndex[channel]] = Math.max(into[channelIndex[channel]] ?? 0, lid);
  }
  addSaccades(seed, timeS, into);
  addToChannel(into, 'headYaw', 0.07 * wander(seed, 9, timeS, 3.1));
  addToChannel(into, 'headPitch', 0.05 * wander(seed, 10, timeS, 2.7));
  addToChannel(into, 'headRoll', 0.07 * wander(seed, 11, timeS, 4.3));
};

const headShare: Readonly<Record<HeadMotion, number>> = { still: 0, natural: 1, expressive: 1.9 };
const browShare: Readonly<Record<HeadMotion, number>> = { still: 0.4, natural: 1, expressive: 1.5 };
const beatS = 0.62;

/** A beat of emphasis now and then: 0 between them, 1 at the top of one. */
const beatAt = (seed: number, stream: number, timeS: number): number => {
  const slot = Math.floor(timeS / beatS);
  if (chance(seed, stream, slot) < 0.45) return 0;
  const phase = timeS / beatS - slot;
  return Math.sin(phase * Math.PI) ** 2 * (0.6 + 0.4 * chance(seed, stream + 1, slot));
};

/**
 * Adds what a face does while it speaks: nods, turns and brow beats that grow with `energy` (loudness, 0–1), and the
 * `energy` channel itself. `still` keeps the head at rest and the brows nearly so.
 */
export const addSpeakingMotion = (
  seed: number,
  atUs: number,
  energy: number,
  headMotion: HeadMotion,
  into: Pose,
): void => {
  const timeS = atUs / secondUs;
  const loudness = Math.max(0, Math.min(1, energy));
  const head = headShare[headMotion] * smooth(loudness * 1.4);
  const brow = browShare[headMotion] * smooth((loudness - 0.15) * 1.5);
  const nod = beatAt(seed, 20, timeS);
  addToChannel(into, 'energy', loudness);
  addToChannel(into, 'headPitch', head * (0.1 * wander(seed, 22, timeS, 0.55) - 0.16 * nod));
  addToChannel(into, 'headYaw', head * 0.16 * wander(seed, 23, timeS, 1.1));
  addToChannel(into, 'headRoll', head * 0.14 * wander(seed, 24, timeS, 0.9));
  addToChannel(into, 'browInnerUp', brow * 0.22 * beatAt(seed, 25, timeS));
  addToChannel(into, 'browOuterUp', brow * 0.26 * beatAt(seed, 25, timeS));
};
