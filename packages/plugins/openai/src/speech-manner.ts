import type { EmotionControl, EmotionLabel, SpeechControl } from '@tth/core/plugin';

/** How a voice that takes instructions is told of each feeling. */
export const feelingWords: Readonly<Record<EmotionLabel, string | undefined>> = {
  neutral: undefined,
  happy: 'cheerful, smiling',
  warm: 'warm, gentle',
  excited: 'excited, full of energy',
  playful: 'playful, teasing',
  sad: 'sad, subdued',
  empathetic: 'soft, sympathetic',
  serious: 'serious, measured',
  professional: 'clear, businesslike',
  angry: 'angry, clipped',
  frustrated: 'frustrated, impatient',
  fearful: 'frightened, tense',
  surprised: 'surprised, wide-eyed',
  disgusted: 'disgusted, reluctant',
  contemptuous: 'disdainful, cool',
};

/** A word for numbers up to `upTo`; `undefined` where nothing is said. */
export interface Step {
  readonly upTo: number;
  readonly words: string | undefined;
}

/** How much of a feeling, by its intensity. */
const intensityWords: readonly Step[] = [
  { upTo: 0.05, words: undefined },
  { upTo: 0.34, words: 'slightly' },
  { upTo: 0.66, words: 'moderately' },
  { upTo: 1, words: 'strongly' },
];

/** What a pitch is told by; it is a hint and no number to such a voice. */
const pitchWords: readonly Step[] = [
  { upTo: 0.8, words: 'much lower than usual' },
  { upTo: 0.95, words: 'a little lower than usual' },
  { upTo: 1.05, words: undefined },
  { upTo: 1.25, words: 'a little higher than usual' },
  { upTo: Number.POSITIVE_INFINITY, words: 'much higher than usual' },
];

/** The factors of pitch that have words of their own. */
export const pitchRange = { min: 0.75, max: 1.33 } as const;

const wordsFor = (value: number, steps: readonly Step[]): string | undefined =>
  steps.find(({ upTo }) => value <= upTo)?.words;

const toneOf = ({ label, intensity }: EmotionControl): string | undefined => {
  const [feeling, amount] = [feelingWords[label], wordsFor(intensity, intensityWords)];
  return feeling === undefined || amount === undefined ? undefined : `${amount} ${feeling}`;
};

const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });

/** The English name of a BCP 47 tag, such as "Austrian German"; `undefined` for what is no tag. */
export const languageName = (tag: string): string | undefined => {
  try {
    return languageNames.of(tag);
  } catch {
    return undefined;
  }
};

/** The manner of speaking as instructions in plain words. The text itself is never among them. */
export const instructionsFor = ({ emotion, pitch, language, style }: SpeechControl): string => {
  const parts = [
    ['Tone', toneOf(emotion)],
    ['Pitch', wordsFor(pitch, pitchWords)],
    ['Language', languageName(language)],
    ['Style', style],
  ] as const;
  return parts.flatMap(([name, words]) => (words === undefined ? [] : [`${name}: ${words}.`])).join(' ');
};
