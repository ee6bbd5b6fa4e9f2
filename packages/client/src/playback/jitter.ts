/** When a chunk came and where it lies on its turn's clock. */
export interface Arrival {
  readonly atMs: number;
  readonly turn: number;
  readonly ptsUs: number;
  readonly sentenceEnd: boolean;
}

/** What is remembered between two arrivals. `stallMs`: how long speech lately kept us waiting. */
export interface JitterState {
  readonly stallMs: number;
  readonly last: Arrival | undefined;
}

export const noJitter: JitterState = { stallMs: 0, last: undefined };

const leastDepthMs = 120;
/** Well below the 400 ms that a server sends ahead: a higher start could wait for what may not be sent. */
const mostDepthMs = 280;
const marginMs = 40;
const decayPerChunk = 0.98;

/**
 * Takes in one arrival. A stall is the wait for a chunk beyond the length of the speech before it; the worst counts at
 * once and fades over some seconds. The pause between two sentences or turns is the speaker's, not the network's.
 */
export const observeArrival = ({ stallMs, last }: JitterState, arrival: Arrival): JitterState => {
  const faded = stallMs * decayPerChunk;
  if (last === undefined || last.sentenceEnd || last.turn !== arrival.turn)
    return { stallMs: faded, last: arrival };
  const waitedMs = arrival.atMs - last.atMs;
  const mediaMs = (arrival.ptsUs - last.ptsUs) / 1000;
  return { stallMs: Math.max(faded, waitedMs - mediaMs), last: arrival };
};

/** Milliseconds to buffer before speech starts, or starts again. */
export const targetDepthMs = ({ stallMs }: JitterState): number =>
  Math.min(mostDepthMs, Math.max(leastDepthMs, Math.round(stallMs + marginMs)));
