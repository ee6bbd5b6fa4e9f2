import type { LinkPolicy } from '../domain/policies.ts';

/** What of the picture a client's link is asked to carry. */
export type LinkLevel = 'full' | 'reduced_size' | 'reduced_fps' | 'still_image';

/** Shares of what was asked for, 0 to 1. `size`: of each side. `bitrate`: of the bits that pictures of that size would get. */
export interface PictureShare {
  readonly size: number;
  readonly fps: number;
  readonly bitrate: number;
}

export const wholePicture: PictureShare = { size: 1, fps: 1, bitrate: 1 };

/** Steps down, each about a third of the bits of the one before. A still image needs none: the client keeps the last picture. */
export const linkLevels: readonly LinkLevel[] = ['full', 'reduced_size', 'reduced_fps', 'still_image'];

export const pictureShares: { readonly [Level in LinkLevel]: PictureShare | undefined } = {
  full: wholePicture,
  reduced_size: { size: 0.75, fps: 1, bitrate: 0.8 },
  reduced_fps: { size: 0.5, fps: 0.6, bitrate: 0.6 },
  still_image: undefined,
};

/**
 * What was just seen of a link. `pressed`: more is sent than it carries, and nobody hears of it yet. `starved`: the sound ran
 * dry although more of it was under way.
 */
export type LinkSign = 'clear' | 'pressed' | 'starved';

export interface LinkState {
  readonly level: LinkLevel;
  /** Since when this level. */
  readonly sinceMs: number;
  /** When the last step down was. */
  readonly fellAtMs: number | undefined;
  /** When the signs of pressure began that have not ended yet, and when the last of all was. */
  readonly pressedSinceMs: number | undefined;
  readonly lastPressedMs: number;
  /** The last step was one up. */
  readonly isTried: boolean;
  /** How often a step up did not hold: each time the link has to be clear for twice as long. */
  readonly falls: number;
}

export const freshLink = (nowMs: number): LinkState => ({
  level: 'full',
  sinceMs: nowMs,
  fellAtMs: undefined,
  pressedSinceMs: undefined,
  lastPressedMs: nowMs,
  isTried: false,
  falls: 0,
});

export interface LinkNow {
  readonly nowMs: number;
  readonly sign: LinkSign;
  /** A sentence begins here: the only place to go up a step. */
  readonly atGap: boolean;
}

/** More failures than this make the wait for another try no longer. */
const mostFalls = 4;

const stepped = (level: LinkLevel, by: 1 | -1): LinkLevel =>
  linkLevels[Math.max(0, Math.min(linkLevels.length - 1, linkLevels.indexOf(level) + by))]!;

const press = (state: LinkState, nowMs: number, sign: LinkSign, policy: LinkPolicy): LinkState => {
  const { level, fellAtMs, isTried, falls } = state;
  const pressedSinceMs = state.pressedSinceMs ?? nowMs;
  const seen: LinkState = { ...state, pressedSinceMs, lastPressedMs: nowMs };
  // What was sent before the last step has to drain before its effect can be seen.
  const isDrained = fellAtMs === undefined || nowMs - fellAtMs >= policy.drainMs;
  const isDue = sign === 'starved' || nowMs - pressedSinceMs >= policy.pressedForMs;
  if (level === 'still_image' || !isDrained || !isDue) return seen;
  return {
    ...seen,
    level: stepped(level, 1),
    sinceMs: nowMs,
    fellAtMs: nowMs,
    pressedSinceMs: undefined,
    isTried: false,
    falls: isTried ? Math.min(mostFalls, falls + 1) : falls,
  };
};

/**
 * Down a step when signs of pressure have come for a while, or at once when the sound ran dry. Up a step after a calm time,
 * where a sentence begins; a link that failed before has to be calm for longer, until it has proved itself.
 */
export const stepLink = (
  state: LinkState,
  { nowMs, sign, atGap }: LinkNow,
  policy: LinkPolicy,
): LinkState => {
  if (sign !== 'clear') return press(state, nowMs, sign, policy);
  const { level, sinceMs, lastPressedMs, falls } = state;
  const isOver = nowMs - lastPressedMs >= policy.clearAfterMs;
  const seen: LinkState = isOver ? { ...state, pressedSinceMs: undefined } : state;
  const calmForMs = nowMs - Math.max(sinceMs, lastPressedMs);
  if (level === 'full') return calmForMs >= policy.forgiveMs ? { ...seen, falls: 0 } : seen;
  if (!atGap || calmForMs < policy.calmMs * 2 ** falls) return seen;
  return { ...seen, level: stepped(level, -1), sinceMs: nowMs, isTried: true };
};
