/**
 * What a simulated vendor can be asked to do wrong. Every simulator that comes with a plugin plays all of them, each
 * in the way of its own wire: a request is a POST or the opening of a socket, an item is what makes the adapter give
 * one, a piece is an event, a line, a message or a run of bytes.
 */
export type VendorFault =
  /** Answers with this status and nothing of use: a socket is refused in place of its upgrade. Seconds. */
  | { readonly kind: 'refuse'; readonly status: number; readonly retryAfterS?: number }
  /** Accepts, then ends cleanly without an item: 200 and an empty body, or a socket closed with 1000. */
  | { readonly kind: 'silent_end' }
  /** Gives an item, then closes the connection (`fin`) or resets it (`rst`) in the middle of the answer. */
  | { readonly kind: 'cut'; readonly how: 'fin' | 'rst' }
  /** Sends nothing more and keeps the connection open: before it accepts, once it has, after its first item. */
  | { readonly kind: 'hang'; readonly at: 'before_headers' | 'after_headers' | 'after_first_item' }
  /** The whole answer, but with this wait after each piece. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  /** In place of the answer a page (`html`: status 200, `text/html`), or bytes that are nothing (`noise`: of the right type). */
  | { readonly kind: 'garbage'; readonly as: 'html' | 'noise' }
  /**
   * The whole answer, cut anew into writes of this many bytes, each in a turn of the event loop of its own, or the
   * network would join them again. Where messages come whole anyway: the answer as it is.
   */
  | { readonly kind: 'recut'; readonly byteLength: number };

/** One of each, for the test of a simulator: it plays every one of them. */
export const vendorFaults: readonly VendorFault[] = [
  { kind: 'refuse', status: 401 },
  { kind: 'refuse', status: 429, retryAfterS: 7 },
  { kind: 'refuse', status: 500 },
  { kind: 'silent_end' },
  { kind: 'cut', how: 'fin' },
  { kind: 'cut', how: 'rst' },
  { kind: 'hang', at: 'before_headers' },
  { kind: 'hang', at: 'after_headers' },
  { kind: 'hang', at: 'after_first_item' },
  { kind: 'drip', everyMs: 1 },
  { kind: 'garbage', as: 'html' },
  { kind: 'garbage', as: 'noise' },
  { kind: 'recut', byteLength: 3 },
];

/**
 * A simulated vendor in the hand of the conformance kit. Everything here counts requests for work: questions after its
 * health, logins and uploads are served as always and counted nowhere.
 */
export interface VendorHandle {
  /** What every request from now on meets; without a fault: a vendor that is well. Those under way go on as they began. */
  play(fault?: VendorFault): void;
  /** Requests that have arrived since the start. */
  requests(): number;
  /** Requests that are being answered: neither ended, nor cut, nor left by the adapter. */
  openCalls(): number;
  /** TCP connections that are open, those that wait for another request included. */
  openSockets(): number;
  /** Pieces that were written since the start, to all requests together. None is written to one that was left. */
  pieces(): number;
}
