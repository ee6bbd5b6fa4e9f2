import { type MediaItem, sampleRateHz } from '@tth/core';
import type { MediaFrame, ServerMessage } from '@tth/protocol';
import { cutAfter } from '../generate/held-media.ts';

/** Between turns: `keep` leaves silence as long as it was, `cut` lets the next turn follow at once. */
export type Gaps = 'keep' | 'cut';

/** What comes next in a recording. Sound has no gaps; pictures say when they are shown. */
export type Piece =
  | { readonly kind: 'silence'; readonly samples: number }
  | { readonly kind: 'sound'; readonly data: Uint8Array }
  | {
      readonly kind: 'picture';
      readonly data: Uint8Array;
      readonly key: boolean;
      readonly ptsUs: number;
      readonly durationUs: number;
    };

export interface RecordedTurn {
  readonly turnId: string;
  /** `lost`: the connection ended before the turn did. */
  readonly outcome: 'completed' | 'stopped' | 'failed' | 'lost';
  /** Where it is in the recording. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly pieces: readonly Piece[];
}

export interface Timeline {
  /** A turn comes back when its end is known, for only then is it known how much of it was heard. */
  event(event: ServerMessage): RecordedTurn | undefined;
  /** `atMs`: when it arrived, on a clock that never goes back. */
  media(frame: MediaFrame, atMs: number): void;
  /** The connection is over: a turn that runs is cut to what can have been heard of it. */
  end(atMs: number): RecordedTurn | undefined;
}

interface OpenTurn {
  readonly turnId: string;
  readonly turn: number;
  items: MediaItem[];
  /** When its sound began to arrive. */
  begunMs: number | undefined;
  needsKey: boolean;
  hasOtherSize: boolean;
}

const outcomes = { turn_completed: 'completed', turn_stopped: 'stopped', turn_error: 'failed' } as const;
const bytesPerSample = 2;
const nothing = new Uint8Array(0);
const toUs = (samples: number): number => Math.round((samples * 1_000_000) / sampleRateHz);
const toSamples = (us: number): number => Math.round((us * sampleRateHz) / 1_000_000);
const toMs = (samples: number): number => toUs(samples) / 1000;

/**
 * Puts turns on the clock of a recording, which counts samples. Within a turn its own clock rules, so sound and
 * picture are as far apart as they were meant to be, however they arrived.
 */
export const createTimeline = (gaps: Gaps): Timeline => {
  let open: OpenTurn | undefined;
  let size: string | undefined;
  /** When the recording began; set by its first sound. */
  let originMs: number | undefined;
  /** Samples that the recording has so far. */
  let position = 0;
  /** Where its last picture begins and ends. */
  let pictureUs = -1;
  let pictureEndUs = 0;

  const begin = (turn: number, turnId: string): void => {
    open = { turn, turnId, items: [], begunMs: undefined, needsKey: true, hasOtherSize: false };
  };

  /** Where a turn begins: at its real distance from the first one, and never inside the one before. */
  const startOf = (begunMs: number): number => {
    originMs ??= begunMs;
    const real = Math.round(((begunMs - originMs) * sampleRateHz) / 1000);
    return gaps === 'keep' ? Math.max(position, real) : position;
  };

  const soundPieces = (at: number, data: Uint8Array): readonly Piece[] => {
    const ahead = at - position;
    const rest = ahead < 0 ? data.subarray(-ahead * bytesPerSample) : data;
    position = Math.max(position, at + data.byteLength / bytesPerSample);
    return [
      ...(ahead > 0 ? [{ kind: 'silence', samples: ahead } as const] : []),
      ...(rest.byteLength > 0 ? [{ kind: 'sound', data: rest } as const] : []),
    ];
  };

  const close = (outcome: RecordedTurn['outcome'], heardUs: number): RecordedTurn | undefined => {
    const turn = open;
    open = undefined;
    const first = turn?.items.find(({ kind }) => kind === 'audio');
    if (turn?.begunMs === undefined || first === undefined || heardUs <= first.ptsUs) return undefined;
    const start = startOf(turn.begunMs);
    const pieces: Piece[] = [];
    let needsKey = false;
    for (const item of turn.items.flatMap((each) => cutAfter(each, heardUs))) {
      const fromStartUs = item.ptsUs - first.ptsUs;
      if (item.kind === 'audio') {
        pieces.push(...soundPieces(start + toSamples(fromStartUs), item.data));
        continue;
      }
      const ptsUs = toUs(start) + fromStartUs;
      const isLate = fromStartUs < 0 || ptsUs <= pictureUs;
      if (isLate || (needsKey && !item.key)) {
        needsKey = true;
        continue;
      }
      needsKey = false;
      const durationUs = Math.min(item.durationUs, heardUs - item.ptsUs);
      pictureUs = ptsUs;
      pictureEndUs = ptsUs + durationUs;
      pieces.push({ kind: 'picture', data: item.data, key: item.key, ptsUs, durationUs });
    }
    // A face may close its mouth after the last word; the next turn waits for that.
    pieces.push(...soundPieces(toSamples(pictureEndUs), nothing));
    return {
      turnId: turn.turnId,
      outcome,
      startMs: toMs(start),
      durationMs: toMs(Math.max(0, position - start)),
      pieces,
    };
  };

  const discard = (turn: OpenTurn, afterUs: number): void => {
    const kept = turn.items.flatMap((item) => cutAfter(item, afterUs));
    const pictures = (items: readonly MediaItem[]): number =>
      items.filter(({ kind }) => kind === 'video').length;
    if (pictures(kept) < pictures(turn.items)) turn.needsKey = true;
    turn.items = kept;
  };

  return {
    event: (event) => {
      if (event.type === 'turn_started' && event.turnId !== undefined) begin(event.turn, event.turnId);
      if (event.type === 'session_state' && event.openTurn !== null) {
        begin(event.openTurn.turn, event.openTurn.turnId);
      }
      if (open === undefined || event.turnId !== open.turnId) return undefined;
      if (event.type === 'video_format') {
        const { widthPx, heightPx } = event.format;
        size ??= `${widthPx} × ${heightPx}`;
        open.hasOtherSize = size !== `${widthPx} × ${heightPx}`;
      }
      if (event.type === 'audio_discard') discard(open, event.afterUs);
      if (event.type === 'turn_completed') return close(outcomes[event.type], Infinity);
      if (event.type === 'turn_stopped' || event.type === 'turn_error') {
        return close(outcomes[event.type], event.heardMs * 1000);
      }
      return undefined;
    },
    media: (frame, atMs) => {
      if (open === undefined || frame.turn !== open.turn || frame.payload.byteLength === 0) return;
      if (frame.kind === 'audio') open.begunMs ??= atMs;
      else if (frame.kind === 'pose' || open.hasOtherSize || (open.needsKey && !frame.key)) return;
      else open.needsKey = false;
      const { payload, ...rest } = frame;
      open.items.push({ ...rest, data: payload });
    },
    end: (atMs) => {
      const first = open?.items.find(({ kind }) => kind === 'audio');
      if (open?.begunMs === undefined || first === undefined) return undefined;
      return close('lost', first.ptsUs + (atMs - open.begunMs) * 1000);
    },
  };
};
