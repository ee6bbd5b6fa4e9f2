import type { Step } from './vendor-wire.ts';

/** Changes what happens in an answer. Pieces count from 0. */
export type Fault = (steps: Iterable<Step>) => Iterable<Step>;

/** Puts `change(piece)` in the place of piece `at`. */
const inPlaceOf = (at: number, change: (piece: Extract<Step, { kind: 'piece' }>) => Iterable<Step>): Fault =>
  function* (steps) {
    let pieces = 0;
    for (const step of steps) {
      if (step.kind !== 'piece') yield step;
      else if (pieces++ === at) yield* change(step);
      else yield step;
    }
  };

/** The first `count` pieces, then `what`; nothing: the answer ends there as if it were whole. */
const breakOff = (count: number, ...what: Step[]): Fault =>
  function* (steps) {
    let pieces = 0;
    for (const step of steps) {
      if (step.kind === 'piece' && pieces++ === count) break;
      yield step;
    }
    yield* what;
  };

/** Sends nothing more after `count` pieces and keeps the connection open. */
export const hangAfter = (count: number): Fault => breakOff(count, { kind: 'hang' });

/** Closes (FIN) or resets (RST) the connection after `count` pieces. */
export const dieAfter = (count: number, how: 'fin' | 'rst'): Fault => breakOff(count, { kind: 'die', how });

/** Ends the answer properly after `count` pieces, without its last ones. */
export const endAfter = (count: number): Fault => breakOff(count);

/** Says everything and does not end. */
export const neverEnd = (): Fault =>
  function* (steps) {
    yield* steps;
    yield { kind: 'hang' };
  };

/** Goes on after the end with these pieces. */
export const goOnWith = (...texts: string[]): Fault =>
  function* (steps) {
    yield* steps;
    for (const text of texts) yield { kind: 'piece', bytes: Buffer.from(text) };
  };

/** Makes piece `at` unreadable without changing its length. */
export const corrupt = (at: number): Fault =>
  inPlaceOf(at, ({ bytes }) => {
    const end = bytes.findLastIndex((byte) => byte !== 10) + 1;
    const damaged = Uint8Array.from(bytes, (byte, index) => (index > 5 && index < end ? 0x7b : byte));
    return [{ kind: 'piece', bytes: damaged }];
  });

/** Sends piece `at` slowly, byte by byte. */
export const drip = (at: number, bytesPerSecond: number): Fault =>
  inPlaceOf(at, function* ({ bytes }) {
    for (const byte of bytes) {
      yield { kind: 'piece', bytes: Uint8Array.of(byte) };
      yield { kind: 'wait', ms: 1000 / bytesPerSecond };
    }
  });

/** Waits before piece `at`. */
export const gapBefore = (at: number, ms: number): Fault =>
  inPlaceOf(at, (piece) => [{ kind: 'wait', ms }, piece]);

/** Waits after each piece. */
export const pace = (everyMs: number): Fault =>
  function* (steps) {
    for (const step of steps) {
      yield step;
      if (step.kind === 'piece') yield { kind: 'wait', ms: everyMs };
    }
  };

/** Sends piece `at` twice. */
export const duplicate = (at: number): Fault => inPlaceOf(at, (piece) => [piece, piece]);

/** Sends piece `at` after the one that follows it. */
export const swap = (at: number): Fault =>
  function* (steps) {
    let pieces = 0;
    let held: Step | undefined;
    for (const step of steps) {
      const number = step.kind === 'piece' ? pieces++ : -1;
      if (number === at) {
        held = step;
        continue;
      }
      yield step;
      if (number === at + 1 && held !== undefined) yield held;
    }
  };

/** Makes piece `at` larger by this many bytes, in front and without the end of a line among them. */
export const enlarge = (at: number, byteLength: number): Fault =>
  inPlaceOf(at, function* (piece) {
    const filler = new Uint8Array(65_536).fill(65);
    for (let left = byteLength; left > 0; left -= filler.length) {
      yield { kind: 'piece', bytes: filler.subarray(0, Math.min(left, filler.length)) };
    }
    yield piece;
  });

/** Cuts the whole answer anew, into writes of this many bytes. */
export const recut = (byteLength: number): Fault =>
  function* (steps) {
    let held = Buffer.alloc(0);
    for (const step of steps) {
      if (step.kind !== 'piece') {
        yield { kind: 'piece', bytes: held };
        held = Buffer.alloc(0);
        yield step;
        continue;
      }
      held = Buffer.concat([held, step.bytes]);
      for (; held.length >= byteLength; held = held.subarray(byteLength)) {
        yield { kind: 'piece', bytes: held.subarray(0, byteLength) };
      }
    }
    if (held.length > 0) yield { kind: 'piece', bytes: held };
  };
