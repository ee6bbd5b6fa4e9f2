/** A value and the time, in milliseconds, from which it holds. */
export interface Look {
  readonly atMs: number;
  readonly value: number;
}

/**
 * How two signals lie to each other.
 *
 * - `leadMs`: how far the second runs ahead of the first; negative when it is behind.
 * - `correlation`: of the two when one is moved by that much, -1 to 1.
 */
export interface Alignment {
  readonly leadMs: number;
  readonly correlation: number;
}

/** Each value held until the next one, looked at `count` times every `stepMs` from `fromMs` on. Zero before the first. */
export const onGrid = (looks: readonly Look[], fromMs: number, stepMs: number, count: number): number[] => {
  const values: number[] = [];
  let next = 0;
  for (let n = 0; n < count; n++) {
    while (next < looks.length && looks[next]!.atMs <= fromMs + n * stepMs) next += 1;
    values.push(looks[next - 1]?.value ?? 0);
  }
  return values;
};

/** Pearson's correlation of `a[n]` with `b[n + shift]` over all `n` for which both are there. Zero where one stands still. */
const correlationAt = (a: readonly number[], b: readonly number[], shift: number): number => {
  const from = Math.max(0, -shift);
  const to = Math.min(a.length, b.length - shift);
  const count = to - from;
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (let n = from; n < to; n++) {
    const x = a[n]!;
    const y = b[n + shift]!;
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const spread = Math.sqrt((sumAA - (sumA * sumA) / count) * (sumBB - (sumB * sumB) / count));
  return spread > 0 ? (sumAB - (sumA * sumB) / count) / spread : 0;
};

/** How far from a peak, in steps, a parabola through it and its neighbours is highest. */
const offsetOfPeak = (before: number, peak: number, after: number): number => {
  const bend = before - 2 * peak + after;
  return bend < 0 ? (before - after) / (2 * bend) : 0;
};

/** Where two signals of one grid agree best, within `mostMs` either way; finer than the grid. */
export const align = (
  first: readonly number[],
  second: readonly number[],
  stepMs: number,
  mostMs: number,
): Alignment => {
  const most = Math.round(mostMs / stepMs);
  const all = Array.from({ length: 2 * most + 1 }, (_, n) => correlationAt(first, second, n - most));
  const peak = all.reduce((best, value, n) => (value > all[best]! ? n : best), 0);
  const [before, correlation, after] = [all[peak - 1], all[peak]!, all[peak + 1]];
  const offset = before === undefined || after === undefined ? 0 : offsetOfPeak(before, correlation, after);
  return { leadMs: -(peak - most + offset) * stepMs || 0, correlation };
};
