import type { DriftPolicy } from '../domain/policies.ts';
import { toleranceClass } from './tolerance.ts';

/**
 * How picture and sound are brought together. `rate`: pictures a little faster or slower. `drop`: pictures are late and some
 * are left out. `hold`: pictures are early and each is shown longer. `resync`: all at once. Only pictures are touched.
 */
export type CorrectionKind = 'none' | 'rate' | 'drop' | 'hold' | 'resync';

export interface Correction {
  readonly kind: CorrectionKind;
  /** Since when the error has been one that cannot be accepted. */
  readonly outsideSinceMs: number | undefined;
}

export const noCorrection: Correction = { kind: 'none', outsideSinceMs: undefined };

export interface DriftNow {
  /** What is shown minus what is heard; positive means that the picture is ahead. */
  readonly errorMs: number;
  readonly nowMs: number;
  /** A sentence begins here: nobody notices a jump. */
  readonly atGap: boolean;
}

const sizeOf = (errorMs: number): Exclude<CorrectionKind, 'none' | 'resync'> => {
  if (toleranceClass(errorMs) === 1) return 'rate';
  return errorMs < 0 ? 'drop' : 'hold';
};

/**
 * Decides what to do about an error. It begins beyond `enterMs` and ends within `leaveMs`, so that an error that wavers
 * around either does not switch it on and off. An error beyond all tolerance is ended at once: at the
 * next sentence, or where it is when none begins in time.
 */
export const correctDrift = (
  last: Correction,
  { errorMs, nowMs, atGap }: DriftNow,
  policy: DriftPolicy,
): Correction => {
  const limitMs = last.kind === 'none' ? policy.enterMs : policy.leaveMs;
  if (Math.abs(errorMs) <= limitMs) return noCorrection;
  if (toleranceClass(errorMs) < 4) return { kind: sizeOf(errorMs), outsideSinceMs: undefined };
  const outsideSinceMs = last.outsideSinceMs ?? nowMs;
  const forMs = nowMs - outsideSinceMs;
  const isDue = forMs >= policy.resyncAfterMs + (atGap ? 0 : policy.resyncPatienceMs);
  return isDue ? { kind: 'resync', outsideSinceMs: undefined } : { kind: sizeOf(errorMs), outsideSinceMs };
};

/**
 * How far the pictures are moved while `mediaMs` of them are sent; positive moves them later. Never beyond the error:
 * a correction cannot overshoot.
 */
export const correctionMs = (
  { kind }: Correction,
  errorMs: number,
  mediaMs: number,
  { gentleRate, firmRate }: DriftPolicy,
): number => {
  if (kind === 'none') return 0;
  if (kind === 'resync') return errorMs;
  const mostMs = mediaMs * (kind === 'rate' ? gentleRate : firmRate);
  return Math.sign(errorMs) * Math.min(Math.abs(errorMs), mostMs);
};

/** Silence before a sentence, so that pictures that are late can come along. 0 where they are not. */
export const gapSilenceMs = (behindMs: number, mostMs: number, { enterMs }: DriftPolicy): number =>
  behindMs <= enterMs ? 0 : Math.min(behindMs, mostMs);

/** Silence that was heard and not planned, and how far pictures are behind. */
export interface LostTime {
  readonly lostMs: number;
  readonly behindMs: number;
}

/** How much of a planned pause is left out to make up for lost time. A late mouth needs all of it. */
export const pauseTrimMs = (
  pauseMs: number,
  { lostMs, behindMs }: LostTime,
  { enterMs, trimShare }: DriftPolicy,
): number => (behindMs > enterMs ? 0 : Math.floor(Math.max(0, Math.min(lostMs, pauseMs * trimShare))));

/** What is left of a face that cannot keep up. */
export type FaceLevel = 'full' | 'reduced_fps' | 'audio_only';

export interface FaceState {
  readonly level: FaceLevel;
  /** Since when this level. */
  readonly sinceMs: number;
  /** Since when the face has been behind without gaining, and how far it was then. */
  readonly behind: { readonly sinceMs: number; readonly byMs: number } | undefined;
  /** How often it fell back: each time it has to prove itself for twice as long. */
  readonly falls: number;
}

export const fullFace = (nowMs: number): FaceState => ({
  level: 'full',
  sinceMs: nowMs,
  behind: undefined,
  falls: 0,
});

export interface FaceNow {
  readonly nowMs: number;
  /** How far the newest picture is behind the sound that is heard; negative while there are pictures ahead. */
  readonly behindMs: number;
  /** Speech goes on with a new sentence here: the only place to go up a step. */
  readonly atGap: boolean;
}

const below = { full: 'reduced_fps', reduced_fps: 'audio_only', audio_only: 'audio_only' } as const;
const above = { full: 'full', reduced_fps: 'full', audio_only: 'reduced_fps' } as const;

/** A face that has made up for a tenth of its delay is on its way. */
const gains = 0.9;

/** Down a step when the face has been behind for too long, up one when it had time to rest or showed that it keeps up. */
export const stepFace = (
  face: FaceState,
  { nowMs, behindMs, atGap }: FaceNow,
  policy: DriftPolicy,
): FaceState => {
  const { level, sinceMs, falls } = face;
  const isBehind = level !== 'audio_only' && behindMs > policy.behindMs;
  const isOnItsWay = face.behind === undefined || behindMs < face.behind.byMs * gains;
  const found = isOnItsWay ? { sinceMs: nowMs, byMs: behindMs } : face.behind;
  const behind = isBehind ? found : undefined;
  if (behind !== undefined && nowMs - behind.sinceMs >= policy.behindForMs) {
    return { level: below[level], sinceMs: nowMs, behind: undefined, falls: falls + 1 };
  }
  const calmMs =
    (level === 'audio_only' ? policy.faceRestMs : policy.faceCalmMs) * 2 ** Math.max(0, falls - 1);
  if (level === 'full' || isBehind || !atGap || nowMs - sinceMs < calmMs) return { ...face, behind };
  return { level: above[level], sinceMs: nowMs, behind: undefined, falls };
};
