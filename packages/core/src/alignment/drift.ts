/** One look at how far apart two clocks are. */
export interface DriftSample {
  readonly atMs: number;
  readonly skewMs: number;
}

export interface DriftEstimate {
  /** How far apart they are now. */
  readonly skewMs: number;
  /** How fast that grows. 10 milliseconds per second are clocks 1 % apart. */
  readonly msPerS: number;
  /** Half of all samples lie within this of the line that was fitted to them. */
  readonly spreadMs: number;
  /** And half of the latest within this of the level: how steady they are. */
  readonly jitterMs: number;
}

/** Tells two clocks' distance from looks that are late, jittered and now and then plainly wrong. */
export interface DriftEstimator {
  /** Samples come in the order of their time. */
  observe(sample: DriftSample): void;
  /** Nothing before there were three samples. */
  estimate(atMs: number): DriftEstimate | undefined;
  reset(): void;
}

/** The middle of them; the mean of the two middle ones where there is none. NaN of nothing. */
export const median = (values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half]!;
  return (sorted[half - 1]! + sorted[half]!) / 2;
};

/** Theil and Sen: the median slope of all pairs. Three in ten samples may be anything. */
const slopeOf = (samples: readonly DriftSample[]): number => {
  const slopes: number[] = [];
  for (const [n, one] of samples.entries()) {
    for (const other of samples.slice(n + 1)) {
      if (other.atMs > one.atMs) slopes.push((other.skewMs - one.skewMs) / (other.atMs - one.atMs));
    }
  }
  return slopes.length === 0 ? 0 : median(slopes);
};

/** The level is that of the latest samples, the slope that of a longer time. */
const levelSamples = 9;
const slopeSamples = 33;
const slopeEveryMs = 1_000;
/** Fewer say nothing about a slope. */
const leastSlopeSamples = 8;

export const createDriftEstimator = (): DriftEstimator => {
  let latest: DriftSample[] = [];
  let spaced: DriftSample[] = [];
  let slope = 0;
  let spreadMs = 0;
  let levelMs = 0;
  let jitterMs = 0;

  /** The samples as they would be at one time, if the slope were all there is. */
  const at = (atMs: number, samples: readonly DriftSample[]): readonly number[] =>
    samples.map((sample) => sample.skewMs + slope * (atMs - sample.atMs));

  return {
    observe: (sample) => {
      latest = [...latest.slice(1 - levelSamples), sample];
      const last = spaced.at(-1);
      if (last === undefined || sample.atMs - last.atMs >= slopeEveryMs) {
        spaced = [...spaced.slice(1 - slopeSamples), sample];
        slope = spaced.length < leastSlopeSamples ? 0 : slopeOf(spaced);
        const here = at(sample.atMs, spaced);
        const middle = median(here);
        spreadMs = median(here.map((skewMs) => Math.abs(skewMs - middle)));
      }
      const now = at(sample.atMs, latest);
      levelMs = median(now);
      jitterMs = median(now.map((skewMs) => Math.abs(skewMs - levelMs)));
    },
    estimate: (atMs) => {
      const last = latest.at(-1);
      if (last === undefined || latest.length < 3) return undefined;
      return { skewMs: levelMs + slope * (atMs - last.atMs), msPerS: slope * 1000, spreadMs, jitterMs };
    },
    reset: () => {
      latest = [];
      spaced = [];
      slope = 0;
    },
  };
};
