import type { Policies } from '../domain/policies.ts';
import type { PlayingTurn } from './playing-turn.ts';

export interface EndMoment {
  readonly nowMs: number;
  readonly heardUs: number;
  readonly hasCredit: boolean;
  readonly policies: Policies;
}

/**
 * How long until a turn is over for its listener, everything of it being sent. A client that reports how well it hears has
 * a moment more for its last word; one that grants credit and has said nothing yet has longer.
 */
export const untilEndMs = (
  { sentUs, reported }: PlayingTurn,
  { nowMs, heardUs, hasCredit, policies }: EndMoment,
): number => {
  const restMs = (sentUs - heardUs) / 1000;
  const hasHeardAll = reported?.isLast === true && reported.us >= sentUs;
  if (reported?.tellsQuality === true && !hasHeardAll) {
    const heardAtMs = reported.atMs + (sentUs - reported.us) / 1000;
    return Math.max(0, heardAtMs + policies.lastWordMs - nowMs);
  }
  if (restMs <= 0) return 0;
  return hasCredit && reported === undefined ? restMs + policies.playoutGraceMs : restMs;
};
