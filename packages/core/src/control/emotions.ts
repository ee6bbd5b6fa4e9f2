import { type EmotionLabel, emotionLabels, isEmotionLabel } from '../domain/controls.ts';

/** Where a feeling lies: from unpleasant (-1) to pleasant (1), and from drowsy (-1) to agitated (1). */
export interface EmotionAxes {
  readonly valence: number;
  readonly arousal: number;
}

/** The fifteen feelings on their two axes. Values of our own, set so that neighbours can stand for each other. */
export const emotionAxes: Readonly<Record<EmotionLabel, EmotionAxes>> = {
  neutral: { valence: 0, arousal: 0 },
  happy: { valence: 0.8, arousal: 0.5 },
  warm: { valence: 0.6, arousal: 0.15 },
  excited: { valence: 0.75, arousal: 0.85 },
  playful: { valence: 0.7, arousal: 0.6 },
  sad: { valence: -0.7, arousal: -0.5 },
  empathetic: { valence: -0.4, arousal: -0.35 },
  serious: { valence: -0.15, arousal: -0.1 },
  professional: { valence: 0.05, arousal: 0 },
  angry: { valence: -0.5, arousal: 0.9 },
  frustrated: { valence: -0.4, arousal: 0.6 },
  fearful: { valence: -0.9, arousal: 0.4 },
  surprised: { valence: 0.3, arousal: 0.85 },
  disgusted: { valence: -0.75, arousal: 0.15 },
  contemptuous: { valence: -0.55, arousal: 0.05 },
};

/** How far apart two feelings are: 0 to about 2. */
export const emotionDistance = (one: EmotionLabel, other: EmotionLabel): number =>
  Math.hypot(
    emotionAxes[one].valence - emotionAxes[other].valence,
    emotionAxes[one].arousal - emotionAxes[other].arousal,
  );

/** Feelings farther apart than this never stand for each other: better none than a wrong one. */
export const neighbourDistance = 0.5;

/**
 * Who of `offered` stands for a feeling: itself, else the nearest that is near enough. Neutral is always
 * on offer, as every provider can do without a feeling.
 */
export const nearestEmotion = (
  label: EmotionLabel,
  offered: readonly EmotionLabel[],
): EmotionLabel | undefined => {
  if (label === 'neutral' || offered.includes(label)) return label;
  const [nearest] = ['neutral' as const, ...offered]
    .map((candidate) => ({ candidate, distance: emotionDistance(label, candidate) }))
    .filter(({ distance }) => distance <= neighbourDistance)
    .toSorted((a, b) => a.distance - b.distance);
  return nearest?.candidate;
};

/** Other words for the fifteen labels, among them what providers and models call them. */
const otherWords: Readonly<Record<EmotionLabel, string>> = {
  neutral: 'none default normal plain flat calm',
  happy: 'happiness joy joyful joyous glad cheerful cheery delighted pleased smiling content',
  warm: 'warmth friendly kind gentle tender affectionate caring loving soothing',
  excited: 'excitement enthusiastic enthusiasm thrilled eager energetic elated ecstatic',
  playful: 'playfulness cheeky teasing mischievous funny amused joking',
  sad: 'sadness sorrow sorrowful unhappy depressed melancholy gloomy down crying',
  empathetic: 'empathy empathic sympathetic sympathy compassionate supportive sorry consoling',
  serious: 'seriousness solemn grave earnest stern',
  professional: 'formal businesslike newscast newscaster broadcaster',
  angry: 'anger mad furious rage enraged irate',
  frustrated: 'frustration annoyed irritated exasperated impatient upset',
  fearful: 'fear afraid scared frightened terrified anxious nervous worried',
  surprised: 'surprise astonished amazed shocked startled',
  disgusted: 'disgust revolted repulsed',
  contemptuous: 'contempt scornful disdainful smug',
};

const synonyms: ReadonlyMap<string, EmotionLabel> = new Map(
  emotionLabels.flatMap((label) => otherWords[label].split(' ').map((word) => [word, label] as const)),
);

/** The label that a word means, whatever its case; `undefined` for a word that is no feeling we know. */
export const readEmotion = (word: string): EmotionLabel | undefined => {
  const text = word.trim().toLowerCase();
  return isEmotionLabel(text) ? text : synonyms.get(text);
};
