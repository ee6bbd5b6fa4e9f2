/** The first candidate that may be called now and can do what is needed. */
export const choose = <Candidate>(
  candidates: readonly Candidate[],
  admits: (candidate: Candidate) => boolean,
  suits: (candidate: Candidate) => boolean = () => true,
): Candidate | undefined => candidates.find((candidate) => suits(candidate) && admits(candidate));
