import type { AvatarSpeech, Gaze, HeadMotion } from '@tth/core/plugin';
import {
  addGaze,
  addIdleMotion,
  addSpeakingMotion,
  channelIndex,
  createExpressionTrack,
  createVisemeTrack,
  phonemesToCues,
  type Pose,
} from '@tth/face';
import { createFeatureTrack, type SoundFeatures } from './sound-features.ts';

export interface PoseTrackOptions {
  readonly fps: number;
  /** Chooses blinks, glances and nods. The same seed and speech always give the same poses. */
  readonly seed: number;
  readonly gaze: Gaze;
  readonly headMotion: HeadMotion;
}

/** The face over one turn, frame by frame: speech goes in, poses come out in order. */
export interface PoseTrack {
  /** Takes speech in the order of its times. */
  add(speech: AvatarSpeech): void;
  /** No more speech comes: the mouth closes in a tail of 200 ms. */
  end(): void;
  /** The frame that `write` gives next. The first one is at or after the first speech. */
  readonly nextFrame: number;
  /** How many frames can be written now. */
  readonly readyFrames: number;
  write(into: Pose): void;
}

/** A mouth opens before its sound and closes only if no sound follows: that far ahead must the speech be known. */
export const lookaheadUs = 160_000;
const tailUs = 200_000;
/** Nods and brows follow the phrase, not the syllable. */
const phraseReachUs = 140_000;
const syllableReachUs = 20_000;
const quietestVowel = 0.6;

const vowels = (['aa', 'E', 'ih', 'oh', 'ou'] as const).map((viseme) => channelIndex[viseme]);
const headChannels = (['headYaw', 'headPitch', 'headRoll'] as const).map((channel) => channelIndex[channel]);

/** Start of frame `frame` on the turn's clock, in whole microseconds. */
export const framePtsUs = (frame: number, fps: number): number => Math.round((frame * 1_000_000) / fps);

const weighVowels = (level: number, into: Pose): void => {
  const weight = quietestVowel + (1 - quietestVowel) * level;
  for (const vowel of vowels) into[vowel] = (into[vowel] ?? 0) * weight;
};

/** Speech without phonemes still moves the lips: they open with loudness, in the shape that the sound has. */
const shapeBySound = ({ level, voicing, jaw, round, wide }: SoundFeatures, into: Pose): void => {
  const opening = Math.max(0, Math.min(1, (level - 0.15) / 0.7));
  into[channelIndex.aa] = opening * jaw;
  into[channelIndex.oh] = opening * round * level;
  into[channelIndex.ou] = opening * round * (1 - level);
  into[channelIndex.E] = opening * wide * level;
  into[channelIndex.ih] = opening * wide * (1 - level);
  into[channelIndex.SS] = opening * (1 - voicing);
};

interface Sentence {
  readonly index: number;
  readonly startUs: number;
  hasPhonemes: boolean;
}

/** Makes an empty track. It reads no clock and touches nothing: frames depend on options and speech alone. */
export const createPoseTrack = ({ fps, seed, gaze, headMotion }: PoseTrackOptions): PoseTrack => {
  const mouth = createVisemeTrack();
  const expression = createExpressionTrack();
  const sound = createFeatureTrack();
  let sentences: Sentence[] = [];
  let nextFrame: number | undefined;
  let knownUs = 0;
  let settledUs = 0;

  const enterSentence = ({ sentence, ptsUs, emotion }: AvatarSpeech): Sentence => {
    const last = sentences.at(-1);
    if (last?.index === sentence) return last;
    expression.set(emotion.label, emotion.intensity, ptsUs);
    const entered = { index: sentence, startUs: ptsUs, hasPhonemes: false };
    sentences.push(entered);
    return entered;
  };

  const writeMouth = (atUs: number, into: Pose): void => {
    mouth.sample(atUs, into);
    const sentence = sentences.findLast(({ startUs }) => startUs <= atUs);
    if (sentence && !sentence.hasPhonemes) shapeBySound(sound.around(atUs, syllableReachUs), into);
    else weighVowels(sound.levelAround(atUs, syllableReachUs), into);
  };

  const forgetBefore = (us: number): void => {
    mouth.forgetBefore(us);
    sound.forgetBefore(us - phraseReachUs);
    const current = sentences.findLastIndex(({ startUs }) => startUs <= us);
    sentences = sentences.slice(Math.max(0, current));
  };

  return {
    add(speech) {
      const { ptsUs, durationUs, pcm, phonemes, sentenceEnd } = speech;
      nextFrame ??= Math.ceil((ptsUs * fps) / 1_000_000);
      forgetBefore(framePtsUs(nextFrame, fps));
      const sentence = enterSentence(speech);
      if (phonemes.length > 0) {
        sentence.hasPhonemes = true;
        mouth.add(phonemesToCues(phonemes));
      }
      sound.add(pcm, ptsUs, !sentence.hasPhonemes);
      knownUs = Math.max(knownUs, ptsUs + durationUs);
      // The next sentence may be long in coming; this one's last frames must not wait for it.
      settledUs = sentenceEnd ? knownUs : Math.max(settledUs, knownUs - lookaheadUs);
    },
    end() {
      settledUs = knownUs + tailUs;
    },
    get nextFrame() {
      return nextFrame ?? 0;
    },
    get readyFrames() {
      return nextFrame === undefined ? 0 : Math.max(0, Math.ceil((settledUs * fps) / 1_000_000) - nextFrame);
    },
    write(into) {
      nextFrame ??= 0;
      const atUs = framePtsUs(nextFrame, fps);
      into.fill(0);
      writeMouth(atUs, into);
      expression.sample(atUs, into);
      addIdleMotion(seed, atUs, into);
      if (headMotion === 'still') for (const channel of headChannels) into[channel] = 0;
      addSpeakingMotion(seed, atUs, sound.levelAround(atUs, phraseReachUs), headMotion, into);
      addGaze(gaze, 1, into);
      nextFrame += 1;
    },
  };
};
