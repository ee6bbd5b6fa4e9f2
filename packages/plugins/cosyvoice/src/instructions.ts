import type { EmotionLabel, SpeechControl } from '@tth/core/plugin';

/** What CosyVoice 3 wants to find around everything that is not to be spoken. */
const prefix = 'You are a helpful assistant.';
const end = '<|endofprompt|>';

/** Feelings that the project ships instructions for, in its words. They have no strength. */
export const feelings = {
  happy: '请非常开心地说一句话。',
  sad: '请非常伤心地说一句话。',
  angry: '请非常生气地说一句话。',
} as const satisfies { readonly [Label in EmotionLabel]?: string };

const slowly = '请用尽可能慢地语速说一句话。';
const fast = '请用尽可能快地语速说一句话。';

/** Rates are words too: these stand for them, so that the middles between them are 0.75 and 1.35. */
export const rate = { min: 0.5, max: 1.7, steps: [0.5, 1, 1.7] } as const;

/** In the order in which a call takes one of them. */
export const oneAtATime = ['emotion', 'style', 'rate'] as const;

const isFeeling = (label: string): label is keyof typeof feelings => Object.hasOwn(feelings, label);

/** The one instruction of a call; `undefined` where the voice speaks as it is. */
export const instructionFor = ({ emotion, style, rate: factor }: SpeechControl): string | undefined => {
  if (isFeeling(emotion.label) && emotion.intensity >= 0.5) return feelings[emotion.label];
  if (style !== undefined) return style;
  if (factor < 0.75) return slowly;
  return factor > 1.35 ? fast : undefined;
};

/** Text of somebody else without the marks that a model would take for its own. */
export const withoutMarks = (text: string): string => text.replaceAll(/<\|[^|]*\|>/g, ' ').trim();

/** How the model is told something, before what it speaks or in front of the transcript of a clip. */
export const promptOf = {
  /** Of `/inference_zero_shot`: what is said in the clip. */
  transcript: (text: string): string => `${prefix}${end}${withoutMarks(text)}`,
  /** Of `/inference_instruct2`. */
  instruction: (text: string): string => `${prefix} ${withoutMarks(text)}${end}`,
  /** Of `/inference_cross_lingual`: what is to be spoken. */
  text: (text: string): string => `${prefix}${end}${withoutMarks(text)}`,
} as const;
