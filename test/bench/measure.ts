/** What a figure should be, by the design. */
export interface Target {
  readonly text: string;
  readonly isMet: boolean;
}

/** One row of the report. `count`: how many measurements the value stands for. */
export interface Figure {
  readonly name: string;
  readonly median: number;
  readonly p99?: number;
  readonly unit: string;
  readonly count: number;
  readonly target?: Target;
}

/** `share` from 0 to 1; the nearest measured value. NaN without measurements. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

/** Median and 99th percentile of single measurements. */
export const spread = (
  name: string,
  unit: string,
  values: readonly number[],
  target?: (median: number, p99: number) => Target,
): Figure => {
  const median = quantile(values, 0.5);
  const p99 = quantile(values, 0.99);
  return { name, median, p99, unit, count: values.length, ...(target && { target: target(median, p99) }) };
};

/** One number derived from `count` measurements. */
export const single = (
  name: string,
  unit: string,
  value: number,
  count: number,
  target?: Target,
): Figure => ({
  name,
  median: value,
  unit,
  count,
  ...(target && { target }),
});

export const atMost = (limit: number, value: number): Target => ({
  text: `≤ ${limit.toLocaleString('en')}`,
  isMet: value <= limit,
});
export const atLeast = (limit: number, value: number): Target => ({
  text: `≥ ${limit.toLocaleString('en')}`,
  isMet: value >= limit,
});

const show = (value: number | undefined): string =>
  value === undefined ? '' : value.toLocaleString('en', { maximumSignificantDigits: 3 });

const showTarget = (target: Target | undefined): string =>
  target === undefined ? '' : `${target.text} ${target.isMet ? '✓' : '✗'}`;

const heads = ['figure', 'median', 'p99', 'unit', 'n', 'target'] as const;
const alignRight = [false, true, true, false, true, false];

/** The figures as aligned text, with a headline. */
export const formatTable = (title: string, figures: readonly Figure[]): string => {
  const rows = figures.map(({ name, median, p99, unit, count, target }) => [
    name,
    show(median),
    show(p99),
    unit,
    show(count),
    showTarget(target),
  ]);
  const table: readonly (readonly string[])[] = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        alignRight[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
};
