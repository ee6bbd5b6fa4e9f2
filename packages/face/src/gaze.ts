import { addToChannel } from './pose.ts';
import type { Pose, PoseChannel } from './pose.ts';

/** Where the eyes may be asked to look; left and right are those of the picture. */
export const gazeDirections = ['camera', 'away-left', 'away-right', 'up', 'down'] as const;

/** Name of one direction of gaze. */
export type GazeDirection = (typeof gazeDirections)[number];

/** Channels of a pose that looks each way. */
export const gazeTargets: Readonly<Record<GazeDirection, Readonly<Partial<Record<PoseChannel, number>>>>> = {
  camera: {},
  'away-left': { gazeX: -0.75, headYaw: -0.2 },
  'away-right': { gazeX: 0.75, headYaw: 0.2 },
  up: { gazeY: 0.7, headPitch: 0.15 },
  down: { gazeY: -0.7, headPitch: -0.2 },
};

/** Whether a string names a direction of gaze. */
export const isGazeDirection = (value: string): value is GazeDirection =>
  (gazeDirections as readonly string[]).includes(value);

/** Turns eyes, and a little of the head, towards a direction. `amount` 0–1 eases the way there. */
export const addGaze = (direction: GazeDirection, amount: number, into: Pose): void => {
  for (const [channel, value] of Object.entries(gazeTargets[direction])) {
    addToChannel(into, channel as PoseChannel, value * amount);
  }
};
