/** To the encoding thread. `stream` is one session's sound on one connection; its requests are done in order. */
export type OpusRequest =
  | { readonly type: 'encode'; readonly stream: number; readonly pcm: Int16Array }
  /** Gives what is still inside and ends the run; the next `encode` begins another. */
  | { readonly type: 'finish'; readonly stream: number }
  | { readonly type: 'release'; readonly stream: number };

/** From the encoding thread, for each stream in the order of its requests. */
export type OpusReply =
  | { readonly type: 'packets'; readonly stream: number; readonly packets: readonly Uint8Array[] }
  | { readonly type: 'finished'; readonly stream: number }
  /** The stream is gone. */
  | { readonly type: 'failed'; readonly stream: number; readonly reason: string };
