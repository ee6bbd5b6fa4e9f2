/** Values of one series that are kept; twice as many are thinned to every second one. */
const samplesPerSeries = 256;
/** Series and marks of one turn; more are not taken. */
const maxNames = 64;

interface Series {
  values: number[];
  /** Every how many samples one is kept. */
  every: number;
  skipped: number;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

/**
 * What is measured of one turn, in bounded room: marks, of which the first value counts, and series, which are
 * sampled more thinly the longer they get.
 */
export class MetricsBuffer {
  readonly #marks = new Map<string, number>();
  readonly #series = new Map<string, Series>();

  has(name: string): boolean {
    return this.#marks.has(name);
  }

  /** Notes a value once; the names of milliseconds end in `Ms`. */
  mark(name: string, value: number): void {
    if (!this.#marks.has(name) && this.#hasRoom()) this.#marks.set(name, value);
  }

  /** Adds to a mark that is made of several parts. */
  add(name: string, value: number): void {
    if (this.#marks.has(name) || this.#hasRoom()) this.#marks.set(name, (this.#marks.get(name) ?? 0) + value);
  }

  /** Notes one of many values. */
  sample(name: string, value: number): void {
    const series = this.#series.get(name) ?? this.#begin(name);
    if (series === undefined) return;
    if (series.skipped + 1 < series.every) {
      series.skipped += 1;
      return;
    }
    series.skipped = 0;
    series.values.push(value);
    if (series.values.length < 2 * samplesPerSeries) return;
    series.values = series.values.filter((_, place) => place % 2 === 1);
    series.every *= 2;
  }

  /** Marks as they are, and of each series the median, the 99th percentile and the largest value that was kept. */
  values(): Record<string, number> {
    const all = Object.fromEntries(this.#marks);
    for (const [name, { values }] of this.#series) {
      const sorted = values.toSorted((a, b) => a - b);
      all[`${name}P50`] = quantile(sorted, 0.5);
      all[`${name}P99`] = quantile(sorted, 0.99);
      all[`${name}Max`] = sorted.at(-1) ?? 0;
    }
    return all;
  }

  #begin(name: string): Series | undefined {
    if (!this.#hasRoom()) return undefined;
    const series: Series = { values: [], every: 1, skipped: 0 };
    this.#series.set(name, series);
    return series;
  }

  #hasRoom(): boolean {
    return this.#marks.size + this.#series.size < maxNames;
  }
}
