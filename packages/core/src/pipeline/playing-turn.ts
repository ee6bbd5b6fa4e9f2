import type { QosMonitor } from '../alignment/qos.ts';
import { type MediaItem, usToSamples } from '../domain/media.ts';
import { usToMs } from '../domain/time.ts';
import type { DriftStage } from './drift.stage.ts';
import type { Lane } from './lane.ts';
import type { VoicePace } from './voice-pace.ts';

/** `paused`: the client says nothing any more. `buffering`: the voice is slower than speech. */
export type FlowState = 'paused' | 'running' | 'buffering';

/** What there is to play of a turn, and who wants to know what becomes of it. */
export interface TurnOutput {
  readonly audio: Lane<MediaItem>;
  readonly picture: Lane<MediaItem> | undefined;
  /** An item is about to be sent. */
  readonly onSend: (item: MediaItem) => void;
  readonly onEnd: () => void;
  /** Frames were dropped: the decoder needs a key frame. */
  readonly onPictureLost: () => void;
  /** Another client shows the pictures from now on; it has none of those before. */
  readonly onNewViewer?: () => void;
  readonly onFlow?: (state: FlowState) => void;
  /** Keeps pictures with the sound. Without it they are sent as they come. */
  readonly drift?: DriftStage | undefined;
  readonly qos?: QosMonitor;
  /** Whether the voice is not asked for more for now; by default when its lane is full. */
  readonly isVoiceHeldBack?: () => boolean;
  /** Speech that the face takes in before it gives a picture. */
  readonly prebufferMs?: () => number;
}

/** A turn that is being played, and how far that is. Places are on the turn's clock. */
export interface PlayingTurn extends TurnOutput {
  readonly pace: VoicePace;
  flow: FlowState;
  heldSinceMs: number | undefined;
  pictureSeen: boolean;
  /** It is known that no picture comes for now. */
  isPictureless: boolean;
  skippingToKey: boolean;
  /** Sentence whose sound was sent last, and the last that was more than its pause. */
  sentence: number;
  voicedSentence: number;
  /** Sentences whose pictures are still to come: where each begins. */
  beginnings: number[];
  /** Silence before a sentence, for pictures that are late. */
  silence: { readonly sentence: number; readonly forMs: number; sinceMs: number | undefined } | undefined;
  /** Time without sound that nobody planned and that no pause has made up for. */
  lostMs: number;
  /** End of the sound and of the pictures that were made; no pictures while a face begins. */
  spokenUs: number;
  spokenSentence: number;
  drawnUs: number | undefined;
  sentUs: number;
  /** End of the last picture that was sent, and of the last one that was sent at the last moment. */
  picturedUs: number;
  hurriedUs: number;
  anchorMs: number;
  anchorUs: number;
  /** What the client said last; `isLast`: it has heard everything. `tellsQuality`: it counts how often it ran dry. */
  reported:
    | { readonly us: number; readonly atMs: number; readonly isLast: boolean; readonly tellsQuality: boolean }
    | undefined;
  finished: boolean;
}

export const createPlayingTurn = (turn: TurnOutput, pace: VoicePace, nowMs: number): PlayingTurn => ({
  ...turn,
  pace,
  flow: 'running',
  heldSinceMs: undefined,
  pictureSeen: false,
  isPictureless: false,
  skippingToKey: false,
  sentence: -1,
  voicedSentence: -1,
  beginnings: [],
  silence: undefined,
  lostMs: 0,
  spokenUs: 0,
  spokenSentence: -1,
  drawnUs: undefined,
  sentUs: 0,
  picturedUs: 0,
  hurriedUs: 0,
  anchorMs: nowMs,
  anchorUs: 0,
  reported: undefined,
  finished: false,
});

/** Where the listener would be if it played what it was sent at once. */
export const wallPlayheadUs = ({ sentUs, anchorMs, anchorUs }: PlayingTurn, nowMs: number): number =>
  Math.min(sentUs, Math.round(anchorUs + (nowMs - anchorMs) * 1000));

/** A face owes pictures only of the speech that it was given, less what it takes in beforehand. */
export const behindMs = (turn: PlayingTurn, heardUs: number): number => {
  if (turn.drawnUs === undefined || (turn.picture?.ended ?? true)) return 0;
  const dueUs = Math.min(heardUs, turn.spokenUs - (turn.prebufferMs?.() ?? 0) * 1000);
  return usToMs(dueUs - turn.drawnUs);
};

/** What is left of a piece of sound when `sentence` is taken back to `toUs`; the end of the one before stays. */
const soundBefore = (item: MediaItem, sentence: number, toUs: number): MediaItem | undefined => {
  if (item.sentence < sentence || item.ptsUs + item.durationUs < toUs) return item;
  if (item.ptsUs >= toUs) return undefined;
  const durationUs = toUs - item.ptsUs;
  return { ...item, durationUs, data: item.data.subarray(0, 2 * usToSamples(durationUs)) };
};

/** Takes back what of a sentence lies after `toUs`. True when some of it was sent already. */
export const rewindTurn = (
  turn: PlayingTurn,
  { sentence, toUs, heardUs, nowMs }: Record<'sentence' | 'toUs' | 'heardUs' | 'nowMs', number>,
): boolean => {
  turn.audio.revise((item) => soundBefore(item, sentence, toUs));
  turn.picture?.revise((item) => (item.ptsUs < toUs ? item : undefined));
  const wasSent = turn.sentUs > toUs || turn.picturedUs > toUs;
  if (turn.sentUs > toUs) {
    const us = Math.min(toUs, heardUs);
    turn.sentUs = toUs;
    turn.anchorUs = us;
    turn.anchorMs = nowMs;
    if (turn.reported !== undefined) turn.reported = { ...turn.reported, us, atMs: nowMs, isLast: false };
  }
  turn.picturedUs = Math.min(turn.picturedUs, toUs);
  turn.spokenUs = Math.min(turn.spokenUs, toUs);
  if (turn.drawnUs !== undefined) turn.drawnUs = Math.min(turn.drawnUs, toUs);
  turn.pace.rewind(sentence);
  turn.drift?.rewind(toUs);
  return wasSent;
};
