import type { EmotionControl } from '../domain/controls.ts';
import type { ProsodyPolicy } from '../domain/policies.ts';
import type { SpeechContour } from '../plugin/adapter.ts';
import type { Opening } from './segment-text.ts';

/** A sentence to be planned: as it is shown, as it was written, and what is asked for it. */
export interface PlannedSentence {
  readonly text: string;
  /** With its markdown. */
  readonly written: string;
  readonly opens: Opening;
  readonly emotion: EmotionControl;
  /** Factor on the voice's own rate; pauses shrink with it. */
  readonly rate: number;
}

/** How a sentence is spoken, beside its words. Plain data. */
export interface SpeechPlan {
  /** Silence between the sentence before and this one; the first of a turn has none. */
  readonly pauseBeforeMs: number;
  readonly contour: SpeechContour;
  /** Words to be stressed, in order. */
  readonly emphasis: readonly string[];
  readonly emotion: EmotionControl;
}

const closers = /["'”’“»«)\]」』】）*_~`\s]+$/u;
const clauseEnd = /[,;:–—،؛，、；：]$/u;
const stressed = /(?<![\p{L}\p{N}*_])(\*{1,3}|__)(?=\S)([^*_\n]{1,80}?)(?<=\S)\1(?![\p{L}\p{N}*_])/gu;

/** The melody that the end of a sentence asks for. */
export const contourOf = (text: string): SpeechContour => {
  const end = text.replace(closers, '');
  const marks = /[.!?…。！？｡।॥؟۔։።\u037e]+$/u.exec(end)?.[0];
  if (marks === undefined) return clauseEnd.test(end) ? 'unfinished' : 'statement';
  if (/[?？؟\u037e]/u.test(marks)) return 'question';
  if (/[!！]/u.test(marks)) return 'exclamation';
  return /…|\.\./u.test(marks) ? 'unfinished' : 'statement';
};

/** What markdown stresses: the words between asterisks or double underscores. */
export const emphasisOf = (written: string): readonly string[] =>
  [...written.matchAll(stressed)].flatMap(([, , words = '']) => words.match(/[\p{L}\p{M}\p{N}'’-]+/gu) ?? []);

/** The silence that the end of a sentence asks for. */
const pauseByMark = (text: string, policy: ProsodyPolicy): number => {
  const end = text.replace(closers, '');
  switch (contourOf(text)) {
    case 'question':
      return policy.questionPauseMs;
    case 'exclamation':
      return policy.exclamationPauseMs;
    case 'unfinished':
      return clauseEnd.test(end) ? policy.clausePauseMs : policy.ellipsisPauseMs;
    case 'statement':
  }
  return /[\p{L}\p{M}\p{N}]$/u.test(end) ? 0 : policy.sentencePauseMs;
};

/** The silence that the end of a sentence and what sets off the next one ask for, at the voice's own rate. */
export const pauseAfter = (text: string, opens: Opening, policy: ProsodyPolicy): number => {
  const byMark = pauseByMark(text, policy);
  if (opens === 'paragraph') return Math.max(policy.paragraphPauseMs, byMark);
  return opens === 'line' ? Math.max(policy.linePauseMs, byMark) : byMark;
};

const isCalm = ({ label, intensity }: EmotionControl): boolean => label === 'neutral' || intensity < 0.2;
const towards = (from: number, to: number, step: number): number =>
  from < to ? Math.min(to, from + step) : Math.max(to, from - step);

/**
 * The feeling that a sentence is spoken with. A feeling grows and fades by a step per sentence; one that takes
 * the place of another sets in with a share of its intensity, and calm returns through the feeling that was.
 */
export const blendEmotion = (
  used: EmotionControl | undefined,
  wanted: EmotionControl,
  { emotionStep, emotionOnset }: ProsodyPolicy,
): EmotionControl => {
  if (used === undefined || isCalm(used)) return wanted;
  if (used.label === wanted.label) {
    return { label: wanted.label, intensity: towards(used.intensity, wanted.intensity, emotionStep) };
  }
  if (!isCalm(wanted)) return { label: wanted.label, intensity: wanted.intensity * emotionOnset };
  const fading = { label: used.label, intensity: used.intensity - emotionStep };
  return isCalm(fading) ? wanted : fading;
};

/** Plans a sentence; `previous` is the one that was spoken before it in the same turn. */
export const planSpeech = (
  previous: Pick<PlannedSentence, 'text' | 'emotion'> | undefined,
  next: PlannedSentence,
  policy: ProsodyPolicy,
): SpeechPlan => ({
  pauseBeforeMs:
    previous === undefined ? 0 : Math.round(pauseAfter(previous.text, next.opens, policy) / next.rate),
  contour: contourOf(next.text),
  emphasis: emphasisOf(next.written),
  emotion: blendEmotion(previous?.emotion, next.emotion, policy),
});
