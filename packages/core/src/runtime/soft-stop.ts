import type { Clock } from '../domain/time.ts';

/** How often the playhead is looked at while the end of its sentence is not known or does not come nearer. */
const lookMs = 50;

export interface SentenceWatch {
  readonly clock: Clock;
  readonly playheadUs: () => number;
  /** Where each sentence ends on the turn's clock, as far as it is known. */
  readonly endsUs: () => readonly number[];
}

/**
 * Calls `stop` once when the sentence that the listener hears now is over; at once where nothing is heard yet.
 * The returned function calls it off.
 */
export const afterSentence = (
  { clock, playheadUs, endsUs }: SentenceWatch,
  stop: () => void,
): (() => void) => {
  const fromUs = playheadUs();
  let cancel = (): void => {};
  const look = (): void => {
    const endUs = endsUs().find((us) => us > fromUs);
    const restMs = endUs === undefined ? lookMs : (endUs - playheadUs()) / 1000;
    if (fromUs === 0 || restMs <= 0) stop();
    else cancel = clock.after(Math.max(1, Math.min(restMs, lookMs)), look);
  };
  look();
  return () => cancel();
};
