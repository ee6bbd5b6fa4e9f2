/** Asks whether the next item is wanted yet; `undefined` means now. Also resolves when `signal` aborts. */
export type Demand = (signal: AbortSignal) => Promise<unknown> | undefined;

/** Wants more only when every lane has room. */
export const demandOf =
  (lanes: readonly { room: Demand }[]): Demand =>
  (signal) => {
    const full = lanes.map((lane) => lane.room(signal)).filter((room) => room !== undefined);
    return full.length === 0 ? undefined : Promise.all(full);
  };
