import { setTimeout as sleep } from 'node:timers/promises';
import { sampleRateHz } from '@tth/core/plugin';
import { toneAt } from '@tth/testkit';

/** One piece of a spoken text, with the characters that begin in it. */
export interface SpokenFrame {
  readonly sound: Buffer;
  readonly chars: string[];
  readonly startsMs: number[];
  readonly durationsMs: number[];
}

export interface SpeechTraits {
  readonly speed?: number;
  /** Length of a frame; odd ones cut samples in two. */
  readonly frameBytes?: number;
  /** What times count from: the beginning of the text, or that of their frame. */
  readonly timeBase?: 'sentence' | 'piece';
}

export const msPerChar = 30;
const bytesPerMs = (sampleRateHz * 2) / 1_000;

/** A text as a tone of 30 ms per character. What is in square brackets is performed and takes no time. */
export const speak = (
  text: string,
  { speed = 1, frameBytes = 14_400, timeBase = 'sentence' }: SpeechTraits = {},
): SpokenFrame[] => {
  const charMs = msPerChar / speed;
  let isInTag = false;
  let endMs = 0;
  const timed = Array.from(text, (char) => {
    if (char === '[') isInTag = true;
    const durationMs = isInTag ? 0 : charMs;
    if (char === ']') isInTag = false;
    const startMs = endMs;
    endMs += durationMs;
    return { char, startMs, durationMs };
  });
  const samples = Math.round((endMs * bytesPerMs) / 2);
  const sound = Buffer.concat(
    Array.from({ length: Math.ceil(samples / sampleRateHz) }, (_, at) => {
      const from = at * sampleRateHz;
      const { buffer, byteOffset, byteLength } = toneAt(from, Math.min(sampleRateHz, samples - from));
      return Buffer.from(buffer, byteOffset, byteLength);
    }),
  );
  return Array.from({ length: Math.ceil(sound.length / frameBytes) }, (_, at) => {
    const fromMs = (at * frameBytes) / bytesPerMs;
    const toMs = ((at + 1) * frameBytes) / bytesPerMs;
    const inside = timed.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
    return {
      sound: sound.subarray(at * frameBytes, (at + 1) * frameBytes),
      chars: inside.map(({ char }) => char),
      startsMs: inside.map(({ startMs }) => Math.round(startMs - (timeBase === 'piece' ? fromMs : 0))),
      durationsMs: inside.map(({ durationMs }) => Math.round(durationMs)),
    };
  });
};

/** Waits, or lets the others have their turn where there is nothing to wait for. */
export const rest = async (ms: number): Promise<void> => {
  if (ms > 0) await sleep(ms);
  else await new Promise((resolve) => setImmediate(resolve));
};
