import type { MediaItem } from '../domain/media.ts';
import { usToMs } from '../domain/time.ts';

/** Whether a voice is as fast as its own speech, and so when a sentence of it may begin. */
export interface VoicePace {
  /** A piece of sound came from the voice. */
  arrived(item: MediaItem, nowMs: number): void;
  /**
   * Whether a sentence may begin to sound. `slow`: what there is of it would run out; `unknown`: nothing can be told from
   * its first piece. `bufferedMs`: sound that waits.
   */
  verdict(sentence: number, bufferedMs: number, nowMs: number): 'ready' | 'slow' | 'unknown';
  /** The sound of this sentence and those after it was taken back. */
  rewind(sentence: number): void;
}

/** A voice that gives this much speech per time, and more, keeps up. */
const keepsUp = 0.95;
/** Less speech than this says nothing about a voice's pace. */
const leastMs = 200;
/** How long a sentence that is not complete is thought to be. */
const sentenceMs = 4_000;

/** `leastBufferMs`, `mostBufferMs`: speech of a slow voice to wait for. */
export const createVoicePace = (leastBufferMs: number, mostBufferMs: number): VoicePace => {
  let current = -1;
  let complete = -1;
  let firstAtMs = 0;
  let pieces = 0;
  /** Speech after the first piece, which took time of its own to come. */
  let furtherMs = 0;
  /** Of the last sentence that was long enough to tell. */
  let knownPace = 1;

  const paceAt = (nowMs: number): number => (nowMs > firstAtMs ? furtherMs / (nowMs - firstAtMs) : Infinity);

  return {
    arrived: (item, nowMs) => {
      if (item.sentence !== current) {
        current = item.sentence;
        firstAtMs = nowMs;
        pieces = 0;
        furtherMs = 0;
      }
      if (pieces > 0) furtherMs += usToMs(item.durationUs);
      pieces += 1;
      if (furtherMs >= leastMs) knownPace = Math.min(1, paceAt(nowMs));
      if (item.sentenceEnd) complete = item.sentence;
    },
    verdict: (sentence, bufferedMs, nowMs) => {
      if (sentence <= complete) return 'ready';
      const pace = furtherMs >= leastMs ? paceAt(nowMs) : Math.min(knownPace, paceAt(nowMs));
      if (pieces > 1 && pace >= keepsUp) return 'ready';
      const neededMs = Math.max(leastBufferMs, (1 - Math.min(1, pace)) * sentenceMs);
      if (bufferedMs >= Math.min(mostBufferMs, neededMs)) return 'ready';
      return pieces > 1 ? 'slow' : 'unknown';
    },
    rewind: (sentence) => {
      complete = Math.min(complete, sentence - 1);
      current = -1;
    },
  };
};
