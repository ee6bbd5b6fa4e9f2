declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

/** Names a conversation. 128 random bits; it is not a credential. */
export type SessionId = Brand<'SessionId'>;
/** Names one question and its answer. Made by the server, unique in its session. */
export type TurnId = Brand<'TurnId'>;
/** Names one unbroken log of a session's events. It changes only when that history is lost. */
export type LogId = Brand<'LogId'>;

/** Uniform numbers in [0, 1). Injected, so that a session can be replayed. */
export interface Random {
  next(): number;
}

/** Where every id of the engine comes from. */
export interface Ids {
  session(): SessionId;
  turn(): TurnId;
  log(): LogId;
  /** 256 random bits in base64url: proves that a client owns a session. */
  token(): string;
}

const hex = (random: Random, length: number): string => {
  let text = '';
  while (text.length < length) text += Math.floor(random.next() * 16).toString(16);
  return text;
};

/** Ids drawn from one random source. Unguessable only if that source is. */
export const createIds = (random: Random): Ids => ({
  session: () => `s_${hex(random, 32)}` as SessionId,
  turn: () => `t_${hex(random, 16)}` as TurnId,
  log: () => `l_${hex(random, 16)}` as LogId,
  token: () => hex(random, 64),
});

/** The platform's cryptographic generator as a `Random`, drawn from in blocks. */
export const systemRandom: Random = (() => {
  const block = new Uint32Array(256);
  let used = block.length;
  return {
    next: () => {
      if (used === block.length) {
        crypto.getRandomValues(block);
        used = 0;
      }
      const value = block[used]! / 2 ** 32;
      block[used] = 0;
      used += 1;
      return value;
    },
  };
})();

/** A small repeatable generator (mulberry32) for tests, replays and drawn motion. Not for secrets. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  return {
    next: () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
};
