import {
  type ControlMap,
  type EmotionControl,
  type EmotionLabel,
  type StandIn,
  writeControls,
} from '@tth/core/plugin';

/** Factors on the voice's own manner; 1 leaves it as it is. `range` is the liveliness of the melody. */
export interface Manner {
  readonly rate: number;
  readonly pitch: number;
  readonly range: number;
  readonly volume: number;
}

type BasicEmotion = 'neutral' | 'happy' | 'sad' | 'angry' | 'fearful' | 'surprised' | 'disgusted';

/** How each basic emotion sounds at full intensity. */
export const manners: Readonly<Record<BasicEmotion, Manner>> = {
  neutral: { rate: 1, pitch: 1, range: 1, volume: 1 },
  happy: { rate: 1.08, pitch: 1.14, range: 1.4, volume: 1.08 },
  sad: { rate: 0.84, pitch: 0.88, range: 0.55, volume: 0.78 },
  angry: { rate: 1.12, pitch: 0.95, range: 1.25, volume: 1.3 },
  fearful: { rate: 1.2, pitch: 1.24, range: 0.75, volume: 0.88 },
  surprised: { rate: 1.03, pitch: 1.3, range: 1.8, volume: 1.16 },
  disgusted: { rate: 0.9, pitch: 0.92, range: 1.2, volume: 0.94 },
};

/** The basic emotion nearest to each label, and how much of it. */
export const nearestBasic: Readonly<Record<EmotionLabel, { basic: BasicEmotion; share: number }>> = {
  neutral: { basic: 'neutral', share: 1 },
  happy: { basic: 'happy', share: 1 },
  warm: { basic: 'happy', share: 0.4 },
  excited: { basic: 'surprised', share: 0.8 },
  playful: { basic: 'happy', share: 0.8 },
  sad: { basic: 'sad', share: 1 },
  empathetic: { basic: 'sad', share: 0.4 },
  serious: { basic: 'disgusted', share: 0.4 },
  professional: { basic: 'neutral', share: 1 },
  angry: { basic: 'angry', share: 1 },
  frustrated: { basic: 'angry', share: 0.5 },
  fearful: { basic: 'fearful', share: 1 },
  surprised: { basic: 'surprised', share: 1 },
  disgusted: { basic: 'disgusted', share: 1 },
  contemptuous: { basic: 'disgusted', share: 0.7 },
};

/** The feelings that have a manner of their own. */
export const basicEmotions = Object.keys(manners) as readonly BasicEmotion[];

/** The same table as the engine reads it. */
export const standIns = Object.fromEntries(
  Object.entries(nearestBasic).map(([label, { basic, share }]) => [label, { label: basic, share }]),
) as Readonly<Record<EmotionLabel, StandIn>>;

/**
 * The synthesizer's settings: words per minute, half percents of an octave around 50, percent of loudness.
 * Volume never reaches 0: silence is not speech.
 */
export const prosodyMap = {
  rate: {
    to: 'wordsPerMinute',
    range: { min: 0.5, max: 2.5 },
    factor: 175,
    limits: { min: 80, max: 450 },
    step: 1,
  },
  pitch: {
    to: 'pitch',
    range: { min: 0.5, max: 1.9 },
    scale: 'octaves',
    factor: 50,
    offset: 50,
    limits: { min: 0, max: 99 },
    step: 1,
  },
  volume: { to: 'volume', range: { min: 0.1, max: 1.4 }, factor: 100, step: 1 },
} as const satisfies ControlMap;

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

/** The manner of an emotion at its intensity, on a straight line from neutral. */
export const mannerOf = ({ label, intensity }: EmotionControl): Manner => {
  const { basic, share } = nearestBasic[label];
  const amount = share * clamp(intensity, 0, 1);
  const blend = (factor: number): number => 1 + amount * (factor - 1);
  const full = manners[basic];
  return {
    rate: blend(full.rate),
    pitch: blend(full.pitch),
    range: blend(full.range),
    volume: blend(full.volume),
  };
};

/** The synthesizer's four settings. */
export interface Prosody {
  readonly wordsPerMinute: number;
  readonly pitch: number;
  readonly range: number;
  readonly volume: number;
}

/** What a caller asked for and what the emotion adds, in the synthesizer's units and inside its limits. */
export const prosodyFor = (
  control: { readonly rate: number; readonly pitch: number; readonly volume: number },
  emotion: EmotionControl,
): Prosody => {
  const manner = mannerOf(emotion);
  const settings = writeControls(prosodyMap, {
    rate: control.rate * manner.rate,
    pitch: control.pitch * manner.pitch,
    volume: control.volume * manner.volume,
  }) as unknown as Omit<Prosody, 'range'>;
  return { ...settings, range: Math.round(clamp(50 * manner.range, 0, 99)) };
};
