import { type LinkLevel, type LinkSign, type LinkState, freshLink, stepLink } from '../alignment/link.ts';
import type { LinkPolicy } from '../domain/policies.ts';
import type { Clock } from '../domain/time.ts';

/** What a client's report says of the way to it. */
export interface LinkReport {
  /** Sound that it has in hand, and sound that was sent and has not arrived. */
  readonly inHandMs: number;
  readonly underWayMs: number;
  /** It ran dry since its last report. */
  readonly ranDry: boolean;
}

/** Notices that a client's link does not carry what it is sent. Lives as long as a connection, over all of its turns. */
export interface LinkWatch {
  readonly level: LinkLevel;
  /** Pictures have to wait: the sound needs the link. */
  readonly holdsPictures: boolean;
  /** Another client came. `unsentBytes`: what waits in our own memory for it to take. */
  connect(unsentBytes: () => number): void;
  /** Somebody can do something about the level, and is told of each step. */
  follow(onLevel: (level: LinkLevel, from: LinkLevel) => void): void;
  /** Nobody can any more. What begins next is tried with pictures. */
  rest(): void;
  /** Pictures that were made in time were sent too late, or not at all, or shown too late. */
  late(): void;
  heard(report: LinkReport): void;
  /** Looks at what waits. `atGap`: a sentence begins. */
  look(atGap: boolean): void;
}

/** A report is believed for this long. */
const freshMs = 1_000;

export const createLinkWatch = (clock: Clock, policy: LinkPolicy): LinkWatch => {
  let state: LinkState = freshLink(clock.monotonicMs());
  let unsentBytes = (): number => 0;
  let onLevel: ((level: LinkLevel, from: LinkLevel) => void) | undefined;
  let thinAtMs = -Infinity;

  const see = (sign: LinkSign, atGap = false): void => {
    const { level, pressedSinceMs, falls } = state;
    if (onLevel === undefined) return;
    if (sign === 'clear' && level === 'full' && pressedSinceMs === undefined && falls === 0) return;
    state = stepLink(state, { nowMs: clock.monotonicMs(), sign, atGap }, policy);
    if (state.level !== level) onLevel(state.level, level);
  };
  const isFull = (): boolean => unsentBytes() > policy.unsentBytes;

  return {
    get level() {
      return state.level;
    },
    get holdsPictures() {
      return onLevel !== undefined && (isFull() || clock.monotonicMs() - thinAtMs < freshMs);
    },
    connect: (bytes) => {
      unsentBytes = bytes;
      thinAtMs = -Infinity;
      // Whoever comes back may be on the same network: it begins as it left off, and is soon tried with more.
      state = { ...freshLink(clock.monotonicMs()), level: state.level };
    },
    follow: (listener) => {
      onLevel = listener;
    },
    rest: () => {
      onLevel = undefined;
      if (state.level === 'still_image')
        state = { ...state, level: 'reduced_fps', sinceMs: clock.monotonicMs() };
    },
    late: () => see('pressed'),
    heard: ({ inHandMs, underWayMs, ranDry }) => {
      const isUnderWay = underWayMs >= policy.thinSoundMs;
      const isThin = isUnderWay && inHandMs < policy.thinSoundMs;
      thinAtMs = isThin ? clock.monotonicMs() : -Infinity;
      if (isUnderWay && ranDry) see('starved');
      else see(isThin ? 'pressed' : 'clear');
    },
    look: (atGap) => see(isFull() ? 'pressed' : 'clear', atGap),
  };
};
