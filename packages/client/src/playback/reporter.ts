import type { ClientMessageInput } from '@tth/protocol';
import type { Clock } from '../clock.ts';

/** Where the sound is. `ended`: everything received of this turn was heard. */
export interface PlaybackState {
  readonly turnId: string;
  readonly mediaMs: number;
  readonly ended: boolean;
  /** Absent when no picture of this turn was drawn lately: a page in the background draws none. */
  readonly skewMs?: number;
  readonly underruns: number;
  /** Sound of all turns that is here and was not played. */
  readonly bufferedMs: number;
}

const reportEveryMs = 250;

/** Tells the server where the sound is: four times a second while there is some, and once when a turn ran out. */
export const createReporter = (clock: Clock, send: (message: ClientMessageInput) => void) => {
  let sentAtMs = -Infinity;
  let sent: Pick<PlaybackState, 'turnId' | 'mediaMs' | 'ended'> | undefined;

  const report = (state: PlaybackState): void => {
    sentAtMs = clock.now();
    sent = state;
    send({ type: 'playback', ...state });
  };

  return {
    observe(state: PlaybackState): void {
      const isOld = sent?.ended === true && sent.turnId === state.turnId && sent.mediaMs === state.mediaMs;
      if (isOld) return;
      if (state.ended || clock.now() - sentAtMs >= reportEveryMs) report(state);
    },

    /** Reports at once, whatever was said before: a stop is coming, and what was heard decides what is remembered. */
    report,
  };
};
