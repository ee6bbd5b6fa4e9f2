import type { MediaItem } from '../domain/media.ts';
import { usToMs } from '../domain/time.ts';

/** Whether a voice is as fast as its own speech, and so when a sentence of it may begin. */
export interface VoicePace {
  /** A piece of sound came from the voice. `isHeldBack`: the next one will not be asked for at once. */
  arrived(item: MediaItem, nowMs: number, isHeldBack: boolean): void;
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
  let pieces = 0;
  let lastAtMs = 0;
  let wasHeldBack = false;
  /** Speech after the first piece, which took time of its own to come, and how long that took. */
  let furtherMs = 0;
  let neededMs = 0;
  /** Of the last sentence that was long enough to tell. */
  let knownPace = 1;

  const paceAt = (nowMs: number): number => {
    const forMs = neededMs + (wasHeldBack ? 0 : nowMs - lastAtMs);
    return forMs > 0 ? furtherMs / forMs : Infinity;
  };

  return {
    arrived: (item, nowMs, isHeldBack) => {
      if (item.sentence !== current) {
        current = item.sentence;
        pieces = 0;
        furtherMs = 0;
        neededMs = 0;
      } else if (!wasHeldBack) {
        furtherMs += usToMs(item.durationUs);
        neededMs += nowMs - lastAtMs;
      }
      pieces += 1;
      lastAtMs = nowMs;
      wasHeldBack = isHeldBack;
      if (furtherMs >= leastMs) knownPace = Math.min(1, paceAt(nowMs));
      if (item.sentenceEnd) complete = item.sentence;
    },
    verdict: (sentence, bufferedMs, nowMs) => {
      if (sentence <= complete || wasHeldBack) return 'ready';
      const pace = furtherMs >= leastMs ? paceAt(nowMs) : Math.min(knownPace, paceAt(nowMs));
      if (pieces > 1 && pace >= keepsUp) return 'ready';
      const enoughMs = Math.max(leastBufferMs, (1 - Math.min(1, pace)) * sentenceMs);
      if (bufferedMs >= Math.min(mostBufferMs, enoughMs)) return 'ready';
      return pieces > 1 ? 'slow' : 'unknown';
    },
    rewind: (sentence) => {
      complete = Math.min(complete, sentence - 1);
      current = -1;
      pieces = 0;
      furtherMs = 0;
      neededMs = 0;
      wasHeldBack = false;
    },
  };
};
