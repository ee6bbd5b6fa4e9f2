import { gapSilenceMs } from '../alignment/correct.ts';
import type { MediaItem } from '../domain/media.ts';
import type { Policies } from '../domain/policies.ts';
import { usToMs } from '../domain/time.ts';
import { type PlayingTurn, behindMs } from './playing-turn.ts';

/** The moment at which a piece of sound could be sent. */
export interface HoldMoment {
  readonly nowMs: number;
  readonly heardUs: number;
  readonly policies: Policies;
  readonly isUnpaced: boolean;
  /** A sentence would begin, and its voice is too slow for it. */
  readonly onSlowVoice: () => void;
}

/** Sound waits a little for its first picture, so that the face does not start late. */
const pictureHoldMs = (turn: PlayingTurn, { nowMs, policies, isUnpaced }: HoldMoment): number => {
  if (turn.picture === undefined || turn.pictureSeen || turn.picture.ended) return 0;
  if (turn.picture.peek() !== undefined) return 0;
  turn.heldSinceMs ??= nowMs;
  const mostMs = turn.drift?.alignment.maxHoldMs ?? policies.maxHoldMs;
  if (!isUnpaced) return Math.max(0, mostMs - (nowMs - turn.heldSinceMs));
  // A full lane makes the voice wait, and the face may need more of it before it shows anything.
  return turn.audio.isFull ? 0 : Infinity;
};

/** A voice that is slower than speech pauses between sentences, not within them. */
const voiceHoldMs = (turn: PlayingTurn, { sentence }: MediaItem, moment: HoldMoment): number => {
  if (turn.audio.isClosed) return 0;
  const verdict = turn.pace.verdict(sentence, turn.audio.loadMs, moment.nowMs);
  if (verdict === 'ready') return 0;
  const leftMs = usToMs(turn.sentUs - moment.heardUs);
  if (leftMs > 0) return leftMs;
  if (verdict === 'slow') moment.onSlowVoice();
  return Infinity;
};

/** When pictures are late the next sentence begins a moment later, once what is under way was heard. */
const silenceMs = (
  turn: PlayingTurn,
  { sentence }: MediaItem,
  { nowMs, heardUs, policies }: HoldMoment,
): number => {
  const { drift } = turn;
  if (drift === undefined || drift.alignment.driftPolicy === 'none' || turn.voicedSentence < 0) return 0;
  const lateMs = behindMs(turn, heardUs);
  if (turn.silence?.sentence !== sentence) {
    const forMs = gapSilenceMs(lateMs, drift.alignment.maxHoldMs, policies.drift);
    turn.silence = { sentence, forMs, sinceMs: undefined };
  }
  if (turn.silence.forMs === 0 || lateMs <= policies.drift.leaveMs) return 0;
  const leftMs = usToMs(turn.sentUs - heardUs);
  if (leftMs > 0) return leftMs;
  turn.silence.sinceMs ??= nowMs;
  return Math.max(0, turn.silence.forMs - (nowMs - turn.silence.sinceMs));
};

/** How long a piece of sound has to wait, or how long until that must be looked at again. 0: not at all. */
export const soundHoldMs = (turn: PlayingTurn, item: MediaItem, moment: HoldMoment): number => {
  const firstMs = pictureHoldMs(turn, moment);
  if (firstMs > 0 || moment.isUnpaced) return firstMs;
  // The pause before a sentence passes while its voice is still at work.
  if (item.isPause === true || item.sentence === turn.voicedSentence) return 0;
  return voiceHoldMs(turn, item, moment) || silenceMs(turn, item, moment);
};
