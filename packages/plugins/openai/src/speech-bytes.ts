/** Bytes that can be looked at before they are taken. */
export interface ByteSource {
  /** What has come and was not skipped. */
  readonly held: Uint8Array;
  /** Waits for one more piece; `false`: there is none. */
  more(): Promise<boolean>;
  /** Forgets the first bytes of what is held. */
  skip(byteLength: number): void;
  /** Everything from here on, as it comes. */
  rest(): AsyncGenerator<Uint8Array, void>;
  /** Gives up what has not come yet. */
  close(): Promise<void>;
}

const join = (one: Uint8Array, other: Uint8Array): Uint8Array => {
  if (one.byteLength === 0) return other;
  const joined = new Uint8Array(one.byteLength + other.byteLength);
  joined.set(one);
  joined.set(other, one.byteLength);
  return joined;
};

export const createByteSource = (bytes: AsyncIterable<Uint8Array>): ByteSource => {
  const pieces = bytes[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  const more = async (): Promise<boolean> => {
    const { done, value } = await pieces.next();
    if (done === true) return false;
    held = join(held, value);
    return true;
  };
  return {
    get held() {
      return held;
    },
    more,
    skip: (byteLength) => {
      held = held.subarray(byteLength);
    },
    async *rest() {
      do {
        const piece = held;
        held = new Uint8Array(0);
        if (piece.byteLength > 0) yield piece;
      } while (await more());
    },
    close: async () => {
      await pieces.return?.();
    },
  };
};

/** The first bytes of what is left, without taking them; fewer only where the source ends. */
export const readAtLeast = async (source: ByteSource, byteLength: number): Promise<Uint8Array> => {
  while (source.held.byteLength < byteLength && (await source.more()));
  return source.held.subarray(0, byteLength);
};
