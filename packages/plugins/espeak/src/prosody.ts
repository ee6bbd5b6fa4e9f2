import type { EmotionControl, EmotionLabel, Range } from '@tth/core/plugin';

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

/** Factors a caller may ask for. Volume never reaches 0: silence is not speech. */
export const rateRange: Range = { min: 0.5, max: 2.5 };
export const pitchRange: Range = { min: 0.5, max: 1.9 };
export const volumeRange: Range = { min: 0.1, max: 1.4 };

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
const within = (value: number, { min, max }: Range): number => clamp(value, min, max);

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
  // 50 steps of pitch are one octave, with the voice's own at 50.
  const pitch = 50 + 50 * Math.log2(within(control.pitch, pitchRange) * manner.pitch);
  return {
    wordsPerMinute: Math.round(clamp(175 * within(control.rate, rateRange) * manner.rate, 80, 450)),
    pitch: Math.round(clamp(pitch, 0, 99)),
    range: Math.round(clamp(50 * manner.range, 0, 99)),
    volume: Math.round(clamp(100 * within(control.volume, volumeRange) * manner.volume, 10, 150)),
  };
};
