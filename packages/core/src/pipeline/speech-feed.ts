import type { AvatarSpeech } from '../plugin/adapter.ts';
import type { Demand } from './demand.ts';
import { Lane, type LaneOptions } from './lane.ts';

/** The speech on its way to whichever face shows it: a fresh lane per face, seen by the voice as one. */
export interface SpeechFeed {
  /** Resolves when the face has room for more speech, or when there is no face. */
  readonly room: Demand;
  /** The face has as much speech as it may have. */
  readonly isFull: boolean;
  /** A lane for a new face; what an older one left is dropped. */
  open(): Lane<AvatarSpeech>;
  /** There is no face any more. */
  clear(): void;
}

export const createSpeechFeed = (options: LaneOptions<AvatarSpeech>): SpeechFeed => {
  let lane: Lane<AvatarSpeech> | undefined;
  return {
    room: (signal) => lane?.room(signal),
    get isFull() {
      return lane !== undefined && !lane.isClosed && lane.isFull;
    },
    open: () => {
      lane?.clear();
      lane = new Lane(options);
      return lane;
    },
    clear: () => lane?.clear(),
  };
};
