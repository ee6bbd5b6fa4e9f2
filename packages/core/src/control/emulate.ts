import type { TtsCapabilities } from '../domain/capabilities.ts';
import type { EmotionControl, EmotionLabel } from '../domain/controls.ts';
import type { Pcm } from '../domain/media.ts';

/** Factors on a voice's own rate, pitch and volume; 1 leaves it as it is. */
export interface Manner {
  readonly rate: number;
  readonly pitch: number;
  readonly volume: number;
}

/** How each feeling is told by a voice that has none, at full intensity. Values of our own, set by ear. */
export const emulatedManners: Readonly<Record<EmotionLabel, Manner>> = {
  neutral: { rate: 1, pitch: 1, volume: 1 },
  happy: { rate: 1.08, pitch: 1.12, volume: 1.1 },
  warm: { rate: 0.96, pitch: 1.04, volume: 0.95 },
  excited: { rate: 1.16, pitch: 1.18, volume: 1.2 },
  playful: { rate: 1.06, pitch: 1.14, volume: 1.05 },
  sad: { rate: 0.84, pitch: 0.9, volume: 0.75 },
  empathetic: { rate: 0.9, pitch: 0.96, volume: 0.85 },
  serious: { rate: 0.95, pitch: 0.95, volume: 1 },
  professional: { rate: 1, pitch: 1, volume: 1 },
  angry: { rate: 1.12, pitch: 0.95, volume: 1.4 },
  frustrated: { rate: 1.05, pitch: 0.97, volume: 1.2 },
  fearful: { rate: 1.2, pitch: 1.2, volume: 0.85 },
  surprised: { rate: 1.05, pitch: 1.25, volume: 1.15 },
  disgusted: { rate: 0.9, pitch: 0.93, volume: 0.95 },
  contemptuous: { rate: 0.92, pitch: 0.95, volume: 1 },
};

/** The manner of a feeling at its intensity, on a straight line from the voice's own. */
export const emulatedManner = ({ label, intensity }: EmotionControl): Manner => {
  const full = emulatedManners[label];
  const blend = (factor: number): number => 1 + intensity * (factor - 1);
  return { rate: blend(full.rate), pitch: blend(full.pitch), volume: blend(full.volume) };
};

/** Whether the engine makes up for what a voice lacks. */
export const emulates = ({ emulate = ['emotion', 'volume'] }: TtsCapabilities, what: 'emotion' | 'volume') =>
  emulate.includes(what);

const knee = 0.8;

/** Samples made louder bend above this share of full scale instead of being cut off. */
const bend = (sample: number): number => {
  const size = Math.abs(sample);
  if (size <= knee) return sample;
  return Math.sign(sample) * (knee + (1 - knee) * Math.tanh((size - knee) / (1 - knee)));
};

/** The samples times `gain`, in an array of their own. */
export const amplify = (pcm: Pcm, gain: number): Pcm => {
  const louder = new Int16Array(pcm.length);
  for (let at = 0; at < pcm.length; at += 1) {
    const scaled = (pcm[at]! / 32_768) * gain;
    louder[at] = Math.round((gain > 1 ? bend(scaled) : scaled) * 32_767);
  }
  return louder;
};
