/** The first candidate that may be called now and can do what is needed. */
export const choose = <Candidate>(
  candidates: readonly Candidate[],
  admits: (candidate: Candidate) => boolean,
  suits: (candidate: Candidate) => boolean = () => true,
): Candidate | undefined => candidates.find((candidate) => suits(candidate) && admits(candidate));

/** What a last resort is judged by. `opensInMs`: until its provider is called again in any case. */
export interface Resting {
  readonly state: 'closed' | 'open' | 'halfOpen' | 'throttled' | 'isolated';
  readonly opensInMs: number;
}

/**
 * The candidate to try when nobody may be called: of those that failed, the one that opens first. None
 * while any is in service or on probation, and never one that asked for its rest or was taken out.
 */
export const chooseLastResort = <Candidate>(
  candidates: readonly Candidate[],
  restOf: (candidate: Candidate) => Resting,
  suits: (candidate: Candidate) => boolean = () => true,
): Candidate | undefined => {
  const resting = candidates
    .filter((candidate) => suits(candidate))
    .map((candidate) => ({ candidate, ...restOf(candidate) }));
  if (resting.some(({ state }) => state === 'closed' || state === 'halfOpen')) return undefined;
  return resting.filter(({ state }) => state === 'open').toSorted((a, b) => a.opensInMs - b.opensInMs)[0]
    ?.candidate;
};
