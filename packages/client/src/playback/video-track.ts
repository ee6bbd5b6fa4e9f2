import type { MediaFrame } from '@tth/protocol';
import type { Picture, PictureDecoder } from './picture-decoder.ts';

interface Waiting {
  readonly frame: MediaFrame;
  picture: Picture | undefined;
}

/** Decoders hand out few surfaces: more pictures than this are not held at once. */
const decodedAhead = 6;

/**
 * Encoded pictures, waiting for their sound. A few are decoded ahead; what comes too late is decoded, because others
 * build on it, and never shown.
 */
export const createVideoTrack = (
  decoder: PictureDecoder,
  onConsumed: (us: number) => void,
  onDropped: () => void,
) => {
  const waiting: Waiting[] = [];
  let inDecoder = 0;
  let shown: Waiting | undefined;

  const decodeAhead = (): void => {
    for (const entry of waiting.slice(inDecoder, decodedAhead)) {
      inDecoder += 1;
      decoder.decode(entry.frame, (picture) => {
        if (waiting.includes(entry)) entry.picture = picture;
        else picture.close();
      });
    }
  };

  const letGo = (entries: readonly Waiting[], isLate = false): void => {
    for (const entry of entries) {
      entry.picture?.close();
      onConsumed(entry.frame.durationUs);
      if (isLate && entry !== shown) onDropped();
    }
    inDecoder = Math.min(Math.max(0, inDecoder), waiting.length);
  };

  const dropFirst = (count: number, isLate = false): void => {
    inDecoder -= count;
    letGo(waiting.splice(0, count), isLate);
  };

  return {
    /** Queues a picture. One that lies before the end of its turn's queue replaces it from there on. */
    accept(frame: MediaFrame): void {
      letGo(takeFrom(waiting, ({ frame: { turn, ptsUs } }) => turn === frame.turn && ptsUs >= frame.ptsUs));
      waiting.push({ frame, picture: undefined });
      decodeAhead();
    },

    /** Lets go of pictures that were due before the one that belongs to a place. */
    advance(turn: number, ptsUs: number): void {
      const due = waiting.findLastIndex(
        ({ frame }) =>
          frame.turn < turn || (frame.turn === turn && frame.ptsUs - frame.durationUs / 2 <= ptsUs),
      );
      const ready = waiting.findLastIndex((entry, index) => index <= due && entry.picture !== undefined);
      // A decoder that lags behind must not hold the queue: beyond two pictures the late ones go.
      const keepFrom = ready >= 0 ? ready : due - 1;
      if (keepFrom > 0) dropFirst(keepFrom, true);
      decodeAhead();
    },

    /** The picture on show at a place, and its time; nothing when none is decoded. */
    at(
      turn: number,
      ptsUs: number,
    ): { readonly picture: Picture; readonly ptsUs: number; readonly isNew: boolean } | undefined {
      const entry = waiting[0];
      if (entry?.picture === undefined || entry.frame.turn !== turn) return undefined;
      if (entry.frame.ptsUs - entry.frame.durationUs / 2 > ptsUs) return undefined;
      const isNew = entry !== shown;
      shown = entry;
      return { picture: entry.picture, ptsUs: entry.frame.ptsUs, isNew };
    },

    /** Forgets what is left of a turn and of those before it. */
    endTurn(turn: number): void {
      const next = waiting.findIndex(({ frame }) => frame.turn > turn);
      dropFirst(next < 0 ? waiting.length : next);
    },

    clear(): void {
      dropFirst(waiting.length);
      decoder.reset();
    },

    /** Forgets pictures of a turn from `afterUs` on. */
    discard(turn: number, afterUs: number): void {
      letGo(takeFrom(waiting, ({ frame }) => frame.turn === turn && frame.ptsUs >= afterUs));
    },

    bufferedUs: (): number => waiting.reduce((sum, { frame }) => sum + frame.durationUs, 0),
  };
};

export type VideoTrack = ReturnType<typeof createVideoTrack>;

/** Removes and returns everything from the first match on. */
const takeFrom = <Item>(items: Item[], matches: (item: Item) => boolean): Item[] => {
  const first = items.findIndex(matches);
  return first < 0 ? [] : items.splice(first);
};
