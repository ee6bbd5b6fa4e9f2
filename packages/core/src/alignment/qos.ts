import { toleranceClass } from './tolerance.ts';

/** What is counted of a turn. */
export type QosCount =
  | 'picturesLate'
  | 'picturesDropped'
  | 'picturesHeld'
  | 'corrections'
  | 'trimmedMs'
  | 'linkSteps'
  | 'underruns'
  | 'timeFlaws';

/** Keeps account of how well a turn was seen and heard. Its size does not depend on the turn's length. */
export interface QosMonitor {
  /** What was shown minus what was heard, at one look. */
  skew(ms: number): void;
  count(what: QosCount, by?: number): void;
  /** Sound failed to come for this long. */
  gap(ms: number): void;
  /** For the turn's `metrics`: what there was none of is left out. */
  values(): Readonly<Record<string, number>>;
}

/** Skews beyond this are counted as this. */
const mostSkewMs = 10_000;

export const createQosMonitor = (): QosMonitor => {
  const counts = new Map<string, number>();
  const sizes = new Map<number, number>();
  let looks = 0;
  let notable = 0;
  let longestGapMs = 0;

  const percentile = (share: number): number => {
    let seen = 0;
    for (const size of [...sizes.keys()].toSorted((a, b) => a - b)) {
      seen += sizes.get(size)!;
      if (seen >= share * looks) return size;
    }
    return 0;
  };

  return {
    skew: (ms) => {
      const size = Math.min(mostSkewMs, Math.round(Math.abs(ms)));
      sizes.set(size, (sizes.get(size) ?? 0) + 1);
      looks += 1;
      if (toleranceClass(ms) > 2) notable += 1;
    },
    count: (what, by = 1) => {
      if (by > 0) counts.set(what, (counts.get(what) ?? 0) + by);
    },
    gap: (ms) => {
      longestGapMs = Math.max(longestGapMs, ms);
    },
    values: () => ({
      ...Object.fromEntries(counts),
      ...(longestGapMs > 0 && { longestGapMs }),
      ...(looks > 0 && {
        skewP50Ms: percentile(0.5),
        skewP95Ms: percentile(0.95),
        skewP99Ms: percentile(0.99),
        skewNotableShare: notable / looks,
      }),
    }),
  };
};
