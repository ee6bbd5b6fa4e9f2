import type { Pose } from './pose.ts';
import { ipaToVisemes, visemes } from './visemes.ts';
import type { Viseme } from './visemes.ts';

/** A mouth shape on the audio clock. `weight` 0–1; times in microseconds. */
export interface VisemeCue {
  readonly viseme: Viseme;
  readonly startUs: number;
  readonly durationUs: number;
  readonly weight: number;
}

/** One spoken sound on the audio clock; times in microseconds. */
export interface TimedPhoneme {
  readonly ipa: string;
  readonly startUs: number;
  readonly durationUs: number;
}

/** The mouth over time. Add cues ahead of the sound, sample at the instant a picture is shown. */
export interface VisemeTrack {
  /** Takes cues in any order; they keep their own times. */
  add(cues: readonly VisemeCue[]): void;
  /** Overwrites the fifteen viseme channels of `into` with the mouth at `atUs`; all zero in silence. */
  sample(atUs: number, into: Pose): void;
  /** Drops cues that can no longer be seen at `us` or later. */
  forgetBefore(us: number): void;
  /** Drops every cue and closes the mouth within 80 ms, as an interrupt asks. */
  stop(atUs: number): void;
  /** End of the last cue in microseconds, 0 when there is none. */
  readonly endUs: number;
}

const leadUs = 40_000;
const roundedLeadUs = 60_000;
const fadeUs = 60_000;
const pauseUs = 120_000;
const releaseUs = 80_000;
/** A picture at 25 per second: a plateau this long is always met by one of them. */
const frameUs = 40_000;
const closureRampUs = 40_000;
const closureShiftUs = 60_000;
const closureWeight = 0.8;

const isClosure = (viseme: Viseme): boolean => viseme === 'PP' || viseme === 'FF';
const leadOf = (viseme: Viseme): number => (isClosure(viseme) || viseme === 'ou' ? roundedLeadUs : leadUs);
const indexOf = Object.fromEntries(visemes.map((name, index) => [name, index])) as Record<Viseme, number>;

/**
 * Mouth shapes of timed phonemes, in time order. Equal neighbours become one cue, pauses over 120 ms become `sil`,
 * shorter ones are bridged. A phoneme of no known symbol repeats the shape before it.
 */
export const phonemesToCues = (phonemes: readonly TimedPhoneme[]): VisemeCue[] => {
  const cues: { viseme: Viseme; startUs: number; durationUs: number; weight: number }[] = [];
  const push = (viseme: Viseme, startUs: number, endUs: number): void => {
    const last = cues.at(-1);
    if (last && startUs - (last.startUs + last.durationUs) <= pauseUs)
      last.durationUs = startUs - last.startUs;
    else if (last) {
      const silenceUs = last.startUs + last.durationUs;
      cues.push({ viseme: 'sil', startUs: silenceUs, durationUs: startUs - silenceUs, weight: 1 });
    }
    if (last?.viseme === viseme && cues.at(-1) === last) last.durationUs = endUs - last.startUs;
    else cues.push({ viseme, startUs, durationUs: endUs - startUs, weight: 1 });
  };

  for (const { ipa, startUs, durationUs } of phonemes) {
    const last = cues.at(-1);
    const known = ipaToVisemes(ipa);
    const parts = known.length > 0 ? known : last ? [{ viseme: last.viseme, part: 1 }] : [];
    let done = 0;
    for (const { viseme, part } of parts) {
      push(viseme, startUs + Math.round(done * durationUs), startUs + Math.round((done + part) * durationUs));
      done += part;
    }
  }
  return cues.filter(({ durationUs }) => durationUs > 0);
};

/** A cue with the time it is seen: from `fromUs` (its lead applied) until `toUs`, fading in over `fadeInUs`. */
interface ShownCue {
  readonly cue: VisemeCue;
  readonly fromUs: number;
  toUs: number;
  fadeInUs: number;
  /** False where silence comes before: there is nothing to fade from. */
  readonly joined: boolean;
}

/** Lips that must be seen to meet: the whole of `fromUs`–`toUs` at `level`, a ramp on both sides. */
interface Closure {
  readonly index: number;
  readonly level: number;
  fromUs: number;
  toUs: number;
}

const layOut = (cues: readonly VisemeCue[]): ShownCue[] => {
  const shown: ShownCue[] = [];
  for (const cue of cues) {
    const last = shown.at(-1);
    const lastEndUs = last ? last.cue.startUs + last.cue.durationUs : -Infinity;
    const joined = cue.startUs - lastEndUs <= pauseUs;
    const fromUs = Math.max(cue.startUs - leadOf(cue.viseme), last ? last.fromUs + 1 : -Infinity);
    if (last && (joined || last.toUs > fromUs)) last.toUs = fromUs;
    const toUs = Math.max(fromUs + 1, cue.startUs + cue.durationUs - leadUs);
    shown.push({ cue, fromUs, toUs, fadeInUs: 0, joined });
  }
  for (const each of shown) each.fadeInUs = Math.max(1, Math.min(fadeUs, (each.toUs - each.fromUs) / 2));
  return shown;
};

const layOutClosures = (shown: readonly ShownCue[]): Closure[] => {
  const closures: Closure[] = [];
  for (const { cue, fromUs, toUs, fadeInUs } of shown) {
    if (!isClosure(cue.viseme) || cue.weight <= 0) continue;
    const middleUs = Math.round((fromUs + toUs) / 2);
    const closure = {
      index: indexOf[cue.viseme],
      level: Math.max(closureWeight, cue.weight),
      fromUs: Math.min(fromUs + fadeInUs, middleUs - frameUs / 2),
      toUs: Math.max(toUs, middleUs + frameUs / 2),
    };
    const last = closures.at(-1);
    if (last && last.index !== closure.index && last.toUs > closure.fromUs) {
      last.toUs = Math.max(last.fromUs + frameUs, closure.fromUs);
      const lateUs = Math.min(closureShiftUs, last.toUs - closure.fromUs);
      closure.fromUs += lateUs;
      closure.toUs = Math.max(closure.toUs, closure.fromUs + frameUs);
    }
    closures.push(closure);
  }
  return closures;
};

/**
 * Makes an empty track.
 *
 * A shape starts 40 ms before its sound (60 ms for PP, FF and ou) and cross-fades linearly over 60 ms, or half of
 * itself when shorter. PP and FF stay at 0.8 or more for at least 40 ms however fast the speech, so one picture
 * of 25 per second always shows the lips meet. The weights of one instant never sum to more than 1.
 */
export const createVisemeTrack = (): VisemeTrack => {
  let cues: VisemeCue[] = [];
  let shown: ShownCue[] = [];
  let closures: Closure[] = [];
  let tail: { atUs: number; weights: Float32Array } | null = null;

  const rebuild = (): void => {
    shown = layOut(cues);
    closures = layOutClosures(shown);
  };

  /** Index of the last shown cue that has begun at `atUs`, or −1. */
  const findShown = (atUs: number): number => {
    let low = 0;
    let high = shown.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((shown[middle]?.fromUs ?? Infinity) <= atUs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };

  const addCue = (each: ShownCue | undefined, share: number, into: Pose): void => {
    if (!each || share <= 0) return;
    const index = indexOf[each.cue.viseme];
    into[index] = (into[index] ?? 0) + share * each.cue.weight;
  };

  const addBase = (atUs: number, into: Pose): void => {
    const at = findShown(atUs);
    const current = shown[at];
    if (!current) return;
    const risen = Math.min(1, (atUs - current.fromUs) / current.fadeInUs);
    const fallen = Math.max(0, Math.min(1, (atUs - current.toUs) / fadeUs));
    addCue(current, risen * (1 - fallen), into);
    const previous = shown[at - 1];
    if (!previous || risen >= 1) return;
    // Across a pause the previous shape may still be closing.
    const left = current.joined ? 1 : 1 - Math.max(0, Math.min(1, (atUs - previous.toUs) / fadeUs));
    addCue(previous, (1 - risen) * left, into);
  };

  const closureShare = (closure: Closure, atUs: number): number => {
    const outsideUs = Math.max(closure.fromUs - atUs, atUs - closure.toUs, 0);
    return closure.level * Math.max(0, 1 - outsideUs / closureRampUs);
  };

  const addClosures = (atUs: number, into: Pose): void => {
    let near: Closure[] | undefined;
    for (let i = findClosure(atUs); i < closures.length; i += 1) {
      const closure = closures[i];
      if (!closure || closure.fromUs - closureRampUs > atUs) break;
      if (closureShare(closure, atUs) > 0) (near ??= []).push(closure);
    }
    if (!near) return;
    near.sort((a, b) => closureShare(b, atUs) - closureShare(a, atUs));
    let free = 1;
    const taken = near.map((closure) => {
      const share = Math.min(free, closureShare(closure, atUs));
      free -= share;
      return share;
    });
    for (let i = 0; i < visemes.length; i += 1) into[i] = (into[i] ?? 0) * free;
    near.forEach(({ index }, i) => (into[index] = Math.min(1, (into[index] ?? 0) + (taken[i] ?? 0))));
  };

  /** First closure that may still be seen at `atUs`; they end in order. */
  const findClosure = (atUs: number): number => {
    let low = 0;
    let high = closures.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((closures[middle]?.toUs ?? Infinity) + closureRampUs < atUs) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const addTail = (atUs: number, into: Pose): void => {
    if (!tail || atUs < tail.atUs || atUs >= tail.atUs + releaseUs) return;
    let used = 0;
    for (let i = 0; i < visemes.length; i += 1) used += into[i] ?? 0;
    const left = (1 - (atUs - tail.atUs) / releaseUs) * Math.max(0, 1 - used);
    for (let i = 0; i < visemes.length; i += 1) into[i] = (into[i] ?? 0) + (tail.weights[i] ?? 0) * left;
  };

  const sample = (atUs: number, into: Pose): void => {
    into.fill(0, 0, visemes.length);
    addBase(atUs, into);
    addClosures(atUs, into);
    addTail(atUs, into);
  };

  return {
    sample,
    add(added) {
      cues = [...cues, ...added].sort((a, b) => a.startUs - b.startUs);
      rebuild();
    },
    forgetBefore(us) {
      const horizonUs = us - fadeUs - closureRampUs - closureShiftUs;
      // The cue before the first visible one stays: a fade may start from it.
      const first = cues.findIndex(({ startUs, durationUs }) => startUs + durationUs >= horizonUs);
      const kept = first < 0 ? cues.length : Math.max(0, first - 1);
      if (kept === 0) return;
      cues = cues.slice(kept);
      rebuild();
    },
    stop(atUs) {
      const weights = new Float32Array(visemes.length);
      sample(atUs, weights);
      tail = { atUs, weights };
      cues = [];
      rebuild();
    },
    get endUs() {
      return cues.reduce((endUs, { startUs, durationUs }) => Math.max(endUs, startUs + durationUs), 0);
    },
  };
};
