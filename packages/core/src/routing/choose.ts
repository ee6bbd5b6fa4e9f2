/** What a call needs of its provider. */
export interface Need<Adapter> {
  /** What the provider must be able to do. */
  readonly suits?: ((adapter: Adapter) => boolean) | undefined;
  /** What it had better be able to do: those that cannot are asked last. */
  readonly prefers?: ((adapter: Adapter) => boolean) | undefined;
  /** What its route must say of it. */
  readonly tags?: readonly string[] | undefined;
  /** Names the conversation, which keeps its provider among equals. */
  readonly conversation?: string | undefined;
  /** The time that is left for a first item, in milliseconds: those that usually need more are asked last. */
  readonly withinMs?: number | undefined;
}

interface Placed {
  readonly adapter: { readonly id: string };
  readonly priority: number;
  readonly weight: number;
  readonly tags: readonly string[];
}

/** Evenly spread over (0, 1), the same for the same text (FNV-1a and a final mix). */
const spread = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32;
};

/**
 * Candidates in the order in which they are asked: by priority, and among equals by weighted rendezvous, so that
 * a conversation meets the same provider each time and a provider serves its share of the conversations.
 */
export const inOrder = <Candidate extends Placed>(
  candidates: readonly Candidate[],
  conversation: string,
): readonly Candidate[] => {
  const rank = ({ adapter, weight }: Candidate): number =>
    -Math.log(spread(`${adapter.id} ${conversation}`)) / weight;
  return candidates.toSorted((a, b) => a.priority - b.priority || rank(a) - rank(b));
};

/** The first candidate that may be called and suits; one that is also preferred comes before one that is not. */
export const choose = <Candidate>(
  candidates: readonly Candidate[],
  mayServe: (candidate: Candidate) => boolean,
  prefers: (candidate: Candidate) => boolean = () => true,
): Candidate | undefined => {
  const able = candidates.filter(mayServe);
  return able.find(prefers) ?? able[0];
};

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
): Candidate | undefined => {
  const resting = candidates.map((candidate) => ({ candidate, ...restOf(candidate) }));
  if (resting.some(({ state }) => state === 'closed' || state === 'halfOpen')) return undefined;
  return resting.filter(({ state }) => state === 'open').toSorted((a, b) => a.opensInMs - b.opensInMs)[0]
    ?.candidate;
};
