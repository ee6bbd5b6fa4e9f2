/** Room for this much more media. */
export interface Grant {
  readonly audioMs: number;
  readonly videoMs: number;
}

export type DemandKind = 'audio' | 'video';

/** How much media of a kind a server may have sent that was neither played nor dropped. */
export const roomUs = 400_000;
const batchUs = 100_000;

/**
 * The client's half of flow control. A connection begins with a full grant less what is still buffered from the one
 * before; from then on exactly what was consumed (played, flushed or dropped) is granted again. So what was granted
 * and not consumed never exceeds `roomUs`.
 */
export const createDemand = (send: (grant: Grant) => void) => {
  let open = false;
  let isHeld = false;
  let owedUs = { audio: 0, video: 0 };

  const grant = (): void => {
    const { audio, video } = owedUs;
    if (!open || isHeld || (audio === 0 && video === 0)) return;
    owedUs = { audio: 0, video: 0 };
    send({ audioMs: audio / 1000, videoMs: video / 1000 });
  };

  return {
    /** A new connection; `buffered`: what still waits from before. */
    open(buffered: Readonly<Record<DemandKind, number>>): void {
      open = true;
      owedUs = {
        audio: Math.max(0, roomUs - buffered.audio),
        video: Math.max(0, roomUs - buffered.video),
      };
      grant();
    },

    /** No connection: what is consumed meanwhile shows in the next one's first grant. */
    close(): void {
      open = false;
    },

    /**
     * Grants nothing for a while, and then at once what became due. Between an interrupt and its answer the server still
     * sends what is thrown away here; granting that would only draw more of it.
     */
    hold(held: boolean): void {
      isHeld = held;
      if (!held) grant();
    },

    /** Grants in batches of 100 ms, so that credit costs few messages. */
    consumed(kind: DemandKind, us: number): void {
      owedUs[kind] += us;
      if (owedUs[kind] >= batchUs) grant();
    },

    /** Grants what is owed now, however little: nothing is left to play, so nothing else would. */
    settle: grant,
  };
};

export type ClientDemand = ReturnType<typeof createDemand>;
