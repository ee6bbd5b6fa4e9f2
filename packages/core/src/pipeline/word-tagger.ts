import { type Pcm, type WordTiming, samplesToUs, usToSamples } from '../domain/media.ts';
import { loudness } from '../plugin/pcm.ts';

/** Sound is judged in windows of this many samples: 10 ms. */
const windowSamples = usToSamples(10_000);
const windowUs = 10_000;
/** A window is voiced from this share of the loudest one on, and never below the floor. */
const voicedShare = 0.1;
const voicedFloor = 0.006;
/** A pause is this much silence between sounds: 120 ms. Less is a stop consonant. */
const pauseWindows = 12;
/** Words are placed this far behind the sound that is known: 500 ms, so that the end of a sentence can still correct them. */
const heldWindows = 50;
/** How far from a clause border, in units of weight, a pause may lie and still be taken for it. */
const borderReach = 12;

/** A sentence of half this weight says as much of a voice's speed as all before; a short one less. */
const trustedUnits = 80;

interface WeighedWord {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** A comma or the like follows. */
  readonly endsClause: boolean;
}

const ideograph = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;

/** How long a letter takes to say, in letters: an ideograph is a syllable, a digit a word. */
const weightOf = (letter: string): number => {
  if (ideograph.test(letter)) return 3;
  return /\p{N}/u.test(letter) ? 4 : 1;
};

const wordsOf = (text: string): WeighedWord[] => {
  const words: WeighedWord[] = [];
  let at = 0;
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(
    text,
  )) {
    const last = words.at(-1);
    if (isWordLike === true) {
      const weight = 1 + Array.from(segment).reduce((sum, letter) => sum + weightOf(letter), 0);
      words.push({ text: segment, from: at, to: at + weight, endsClause: false });
      at += weight;
    } else if (last !== undefined && /[,;:—–()…,、;:]/u.test(segment)) {
      words[words.length - 1] = { ...last, endsClause: true };
    }
  }
  return words;
};

/** How fast a voice speaks, learnt from what it has said. Share one between the sentences of a voice. */
export interface SpeechRate {
  /** Voiced microseconds per unit of weight, about a letter. */
  usPerUnit: number;
}

export const createSpeechRate = (): SpeechRate => ({ usPerUnit: 56_000 });

/** Places the words of one sentence in its sound. Times count from the sentence's first sample. */
export interface WordTagger {
  /** The words that are over by now, each once, in order. */
  add(pcm: Pcm): readonly WordTiming[];
  /** The sound is complete: the rest of the words. */
  end(): readonly WordTiming[];
}

/**
 * Estimates when each word is said, for a voice that does not tell: words take voiced time by their letters, a pause in
 * the sound pulls the place to the nearest clause border, and the end of the sound spreads what is left over what is
 * left. Silence before, between and after words belongs to none.
 */
export const createWordTagger = (text: string, rate: SpeechRate): WordTagger => {
  const words = wordsOf(text);
  const total = words.at(-1)?.to ?? 0;
  const borders = words.filter(({ endsClause }) => endsClause).map(({ to }) => to);
  /** Levels of the windows that wait to be placed; `placed` of them are done. */
  let levels: number[] = [];
  let placed = 0;
  let loudest = 0;
  let rest: Pcm = new Int16Array(0);
  /** Place in the text, in weight. */
  let place = 0;
  let usPerUnit = rate.usPerUnit;
  let quiet = 0;
  let next = 0;
  /** When the current word began, and when the place came to its end. */
  let beganUs: number | undefined;
  let reachedUs: number | undefined;
  let passedBorder = 0;
  let soundEndUs = 0;
  let voicedUs = 0;

  const isVoiced = (level: number): boolean => level >= Math.max(voicedFloor, loudest * voicedShare);

  /** After a pause the place is at a clause border if one is near that no earlier pause was taken for. */
  const snap = (): void => {
    const border = borders
      .filter((at) => at > passedBorder && Math.abs(at - place) <= borderReach)
      .sort((a, b) => Math.abs(a - place) - Math.abs(b - place))[0];
    if (border === undefined) return;
    place = border;
    passedBorder = border;
  };

  /** Whether a word is over; at a clause border that is doubtful until the pause, or well past it. */
  const isOver = ({ to, endsClause }: WeighedWord): boolean =>
    place >= to + (endsClause && to !== passedBorder ? borderReach : 0);

  const placeWindow = (level: number): WordTiming[] => {
    const startUs = placed * windowUs;
    placed += 1;
    if (!isVoiced(level)) {
      quiet += 1;
      return [];
    }
    const hasPaused = quiet >= pauseWindows && soundEndUs > 0;
    if (hasPaused) snap();
    quiet = 0;
    const tagged: WordTiming[] = [];
    for (let word = words[next]; word !== undefined; word = words[next]) {
      beganUs ??= startUs;
      if (place >= word.to) reachedUs ??= soundEndUs;
      if (!isOver(word) || next === words.length - 1) break;
      const endUs = Math.max(beganUs, hasPaused ? soundEndUs : (reachedUs ?? soundEndUs));
      tagged.push({ text: word.text, startUs: beganUs, durationUs: endUs - beganUs });
      next += 1;
      beganUs = hasPaused ? startUs : endUs;
      reachedUs = undefined;
    }
    soundEndUs = startUs + windowUs;
    voicedUs += windowUs;
    place += windowUs / usPerUnit;
    return tagged;
  };

  const takeWindows = (pcm: Pcm): void => {
    const sound = new Int16Array(rest.length + pcm.length);
    sound.set(rest);
    sound.set(pcm, rest.length);
    let at = 0;
    for (; at + windowSamples <= sound.length; at += windowSamples) {
      const level = loudness(sound, at, at + windowSamples);
      loudest = Math.max(loudest, level);
      levels.push(level);
    }
    rest = sound.slice(at);
  };

  const placeUntil = (count: number): WordTiming[] => {
    const ready = levels.slice(0, Math.max(0, count));
    levels = levels.slice(ready.length);
    return ready.flatMap(placeWindow);
  };

  return {
    add: (pcm) => {
      takeWindows(pcm);
      return placeUntil(levels.length - heldWindows);
    },
    end: () => {
      const leftUs = levels.filter(isVoiced).length * windowUs;
      // What is left of the text takes what is left of the sound, however fast the voice was thought to be.
      if (leftUs > 0 && total > place) usPerUnit = leftUs / (total - place);
      const lengthUs = samplesToUs((placed + levels.length) * windowSamples + rest.length);
      const tagged = placeUntil(levels.length);
      if (total > 0 && voicedUs > 0) {
        const trust = Math.min(0.5, total / trustedUnits);
        rate.usPerUnit += trust * (voicedUs / total - rate.usPerUnit);
      }
      // Words that the sound was too short for share what comes after the last one that began.
      const left = words.slice(next);
      const fromUs = beganUs ?? soundEndUs;
      const toUs = Math.max(fromUs, soundEndUs > fromUs ? soundEndUs : lengthUs);
      const [first, last] = [left[0]?.from ?? 0, left.at(-1)?.to ?? 1];
      const timeOf = (at: number): number =>
        Math.round(fromUs + ((at - first) / Math.max(1, last - first)) * (toUs - fromUs));
      return [
        ...tagged,
        ...left.map((word) => ({
          text: word.text,
          startUs: timeOf(word.from),
          durationUs: timeOf(word.to) - timeOf(word.from),
        })),
      ];
    },
  };
};
