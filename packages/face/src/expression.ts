import { channelIndex } from './pose.ts';
import type { Pose, PoseChannel } from './pose.ts';

/** Every emotion a face can wear. The first seven are the ones a model is offered. */
export const emotionLabels = [
  'neutral',
  'happy',
  'sad',
  'angry',
  'fearful',
  'surprised',
  'disgusted',
  'warm',
  'excited',
  'playful',
  'empathetic',
  'serious',
  'professional',
  'frustrated',
  'contemptuous',
] as const;

/** Name of one emotion. */
export type EmotionLabel = (typeof emotionLabels)[number];

/** Whether a string names an emotion. */
export const isEmotionLabel = (value: string): value is EmotionLabel =>
  (emotionLabels as readonly string[]).includes(value);

type Overlay = Readonly<Partial<Record<PoseChannel, number>>>;

/** Expression weights at full intensity. One-sided smiles live on the dimple: the rig has no left half of a smile. */
const overlays: Readonly<Record<EmotionLabel, Overlay>> = {
  neutral: {},
  happy: { mouthSmile: 0.6, cheekSquint: 0.35, eyeSquint: 0.2 },
  warm: { mouthSmile: 0.35, browInnerUp: 0.1 },
  excited: { mouthSmile: 0.6, cheekSquint: 0.35, browOuterUp: 0.4, eyeWide: 0.25 },
  playful: { mouthSmile: 0.4, mouthDimpleLeft: 0.4, browOuterUp: 0.25, cheekSquint: 0.15 },
  sad: { mouthFrown: 0.5, browInnerUp: 0.6 },
  empathetic: { browInnerUp: 0.45, mouthSmile: 0.1 },
  serious: { browDown: 0.3, mouthPress: 0.15 },
  professional: { mouthSmile: 0.15, browOuterUp: 0.05 },
  angry: { browDown: 0.8, noseSneer: 0.35, eyeSquint: 0.3 },
  frustrated: { browDown: 0.5, mouthPress: 0.3 },
  fearful: { browInnerUp: 0.7, eyeWide: 0.6, mouthStretch: 0.3 },
  surprised: { browInnerUp: 0.6, browOuterUp: 0.7, eyeWide: 0.6 },
  disgusted: { noseSneer: 0.7, eyeSquint: 0.15, mouthFrown: 0.15 },
  contemptuous: { mouthDimpleLeft: 0.7, browDown: 0.1 },
};

const firstChannel = channelIndex.browInnerUp;
const overlaySize = channelIndex.mouthDimpleLeft - firstChannel + 1;

const overlayVectors: Readonly<Record<EmotionLabel, Float32Array>> = Object.fromEntries(
  emotionLabels.map((label) => {
    const vector = new Float32Array(overlaySize);
    for (const [channel, weight] of Object.entries(overlays[label])) {
      vector[channelIndex[channel as PoseChannel] - firstChannel] = weight;
    }
    return [label, vector];
  }),
) as Record<EmotionLabel, Float32Array>;

const shapedMouths = ['PP', 'FF', 'oh', 'ou'] as const;
const yielding = (['mouthSmile', 'mouthFrown', 'mouthPress'] as const).map(
  (name) => channelIndex[name] - firstChannel,
);

/** How much of a smile, frown or press is left beside the mouth's own work: 1, down to 0.4 from 0.5 on. */
const mouthRoom = (pose: Pose): number => {
  const busy = Math.max(...shapedMouths.map((viseme) => pose[channelIndex[viseme]] ?? 0));
  return 1 - 0.6 * Math.max(0, Math.min(1, (busy - 0.3) / 0.2));
};

const addOverlay = (overlay: Float32Array, intensity: number, into: Pose): void => {
  const room = mouthRoom(into);
  for (let i = 0; i < overlaySize; i += 1) {
    const weight = (overlay[i] ?? 0) * intensity * (yielding.includes(i) ? room : 1);
    const index = firstChannel + i;
    if (weight > 0) into[index] = Math.min(1, (into[index] ?? 0) + weight);
  }
};

/**
 * Adds an emotion to a pose. `intensity` 0–1 scales it; channels stop at 1. Set the visemes first: smiles, frowns
 * and presses give way (to 0.4) where the lips close or round.
 */
export const addExpression = (label: EmotionLabel, intensity: number, into: Pose): void => {
  addOverlay(overlayVectors[label], Math.max(0, Math.min(1, intensity)), into);
};

/** Emotions over time, each eased into from whatever the face wore before. A pure function of what was set. */
export interface ExpressionTrack {
  /** From `atUs` on the face moves to this emotion. Drops what was set for later times. */
  set(label: EmotionLabel, intensity: number, atUs: number): void;
  /** Adds the expression at `atUs` to `into`; set the visemes first. */
  sample(atUs: number, into: Pose): void;
}

const easeUs = 400_000;
const keptChanges = 64;

/** Makes a track that starts neutral and takes 400 ms from one emotion to the next. */
export const createExpressionTrack = (): ExpressionTrack => {
  let changes: { atUs: number; from: Float32Array; to: Float32Array }[] = [];

  const overlayAt = (atUs: number): Float32Array => {
    const mixed = new Float32Array(overlaySize);
    const change = changes.findLast((each) => each.atUs <= atUs);
    if (!change) return mixed;
    const t = Math.min(1, (atUs - change.atUs) / easeUs);
    const eased = t * t * (3 - 2 * t);
    for (let i = 0; i < overlaySize; i += 1) {
      const from = change.from[i] ?? 0;
      mixed[i] = from + ((change.to[i] ?? 0) - from) * eased;
    }
    return mixed;
  };

  return {
    set(label, intensity, atUs) {
      const scale = Math.max(0, Math.min(1, intensity));
      changes = changes.filter((change) => change.atUs < atUs).slice(-keptChanges + 1);
      changes.push({
        atUs,
        from: overlayAt(atUs),
        to: overlayVectors[label].map((weight) => weight * scale),
      });
    },
    sample(atUs, into) {
      addOverlay(overlayAt(atUs), 1, into);
    },
  };
};
