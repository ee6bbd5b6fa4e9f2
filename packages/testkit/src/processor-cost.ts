/** What other work of this process takes at the same time is in most runs, and not in all. */
const runs = 3;

/** In microseconds of processor time, which other programs do not lengthen; the least of several runs. */
const costOf = (task: () => void): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    task();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return Math.max(1, least);
};

/**
 * How many times as much processor time `task` takes for `large` as for `small`. For an input 16 times as long it is about
 * 16 where time is in proportion, and 256 where it is a square.
 */
export const costGrowth = <Input>(task: (input: Input) => void, small: Input, large: Input): number => {
  costOf(() => task(small));
  return costOf(() => task(large)) / costOf(() => task(small));
};
