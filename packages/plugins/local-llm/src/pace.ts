import { pause, type Clock } from '@tth/core/plugin';

/**
 * The words of `text`, each with the white space after it, at an even pace; joined they are `text` again.
 * The first comes at once. 0 or `Infinity` words per second: no waiting. Ends when `signal` aborts.
 */
export async function* paceWords(
  text: string,
  wordsPerSecond: number,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const intervalMs = wordsPerSecond > 0 ? 1000 / wordsPerSecond : 0;
  const startMs = clock.monotonicMs();
  let count = 0;
  for (const word of text.match(/^\s+|\S+\s*/g) ?? []) {
    // Due times count from the start, so that late timers do not add up.
    const waitMs = startMs + count * intervalMs - clock.monotonicMs();
    if (waitMs > 0) await pause(clock, waitMs, signal);
    if (signal.aborted) return;
    yield word;
    count += 1;
  }
}
