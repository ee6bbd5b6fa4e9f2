import {
  type ControlMap,
  type EmotionControl,
  type EmotionLabel,
  type SpeechControl,
  writeNumber,
} from '@tth/core/plugin';
import type { Model } from './models.ts';
import type { ElevenLabsOptions } from './options.ts';

/** `voice_settings` of a request. */
export interface VoiceSettings {
  readonly stability: number;
  readonly similarity_boost?: number;
  readonly style?: number;
  readonly use_speaker_boost?: boolean;
  readonly speed?: number;
}

interface Feeling {
  /** Stability and style at full intensity, for models that have no tags. Set by ear. */
  readonly stability: number;
  readonly style: number;
  /** What a model with tags is told, and what for a strong feeling. */
  readonly tag?: string;
  readonly strong?: string;
}

/** The feelings that ElevenLabs is asked for. */
export const feelings = {
  neutral: { stability: 0.5, style: 0 },
  happy: { stability: 0.35, style: 0.4, tag: '[happy]', strong: '[excited]' },
  sad: { stability: 0.45, style: 0.3, tag: '[sad]', strong: '[crying]' },
  angry: { stability: 0.3, style: 0.6, tag: '[angry]' },
  fearful: { stability: 0.35, style: 0.4, tag: '[nervous]', strong: '[frightened]' },
  surprised: { stability: 0.3, style: 0.5, tag: '[surprised]', strong: '[gasps]' },
  disgusted: { stability: 0.35, style: 0.5, tag: '[disgusted]' },
} as const satisfies { readonly [Label in EmotionLabel]?: Feeling };

export const emotions = Object.keys(feelings) as readonly (keyof typeof feelings)[];

/** Below it a tag would be too much. */
const leastTagged = 0.34;
/** Above it a feeling is strong. */
const leastStrong = 0.66;

const rate = { to: 'voice_settings.speed', range: { min: 0.7, max: 1.2 } } as const;
const tags = Object.fromEntries(
  Object.entries<Feeling>(feelings).flatMap(([label, { tag }]) => (tag === undefined ? [] : [[label, tag]])),
);

/** The controls that have a field of their own. Stability and style are told by `feelings`. */
export const controlMapOf = ({ tags: hasTags, speed, languageCode }: Model): ControlMap => ({
  ...(hasTags && { emotion: { to: 'text', values: tags } }),
  voice: { to: 'voice_id' },
  ...(languageCode && { language: { to: 'language_code' } }),
  ...(speed && { rate }),
});

export const rateOf = ({ speed }: Model) => (speed ? { rate: rate.range } : {});

const feelingOf = (label: EmotionLabel): Feeling =>
  (feelings as Partial<Record<EmotionLabel, Feeling>>)[label] ?? feelings.neutral;

/** Within 0 to 1 and to three places: what is sent is what the table says. */
const share = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1_000) / 1_000;
const steps = [0, 0.5, 1] as const;
const nearestStep = (value: number): number =>
  steps.reduce((best, step) => (Math.abs(step - value) < Math.abs(best - value) ? step : best));

/** What is written before a sentence to have it performed; empty for models without tags and for faint feelings. */
export const tagFor = ({ label, intensity }: EmotionControl, { tags: hasTags }: Model): string => {
  if (!hasTags || intensity < leastTagged) return '';
  const { tag = '', strong = tag } = feelingOf(label);
  return intensity > leastStrong ? strong : tag;
};

/** How a sentence is to be spoken. */
export const settingsFor = (
  { emotion, rate: factor }: Pick<SpeechControl, 'emotion' | 'rate'>,
  model: Model,
  { stability, similarity }: Pick<ElevenLabsOptions, 'stability' | 'similarity'>,
): VoiceSettings => {
  const { label, intensity } = emotion;
  const feeling = feelingOf(label);
  if (model.tags) {
    const isStrong = label !== 'neutral' && intensity > leastStrong;
    return { stability: isStrong ? 0 : nearestStep(stability) };
  }
  return {
    stability: share(stability + intensity * (feeling.stability - feelings.neutral.stability)),
    similarity_boost: similarity,
    ...(model.style && { style: share(intensity * feeling.style) }),
    ...(model.speakerBoost && { use_speaker_boost: true }),
    ...(model.speed && { speed: writeNumber(factor, rate) }),
  };
};
