import { TthError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/time.ts';
import type { Layer } from './layer.ts';

/** Lets a trickle of calls through to a stage whose providers all rest: better one late answer than none. */
export interface LastResort {
  /** Milliseconds until a call may go; 0 now. */
  waitMs(): number;
  /** A provider of the stage has just shown that it fails: the next try is a whole wait away. */
  putOff(): void;
  /** Takes the one call, or refuses with `provider.none_available`. */
  readonly layer: Layer<unknown>;
}

export const createLastResort = (everyMs: number, clock: Clock): LastResort => {
  let nextMs = 0;
  const waitMs = (): number => Math.max(0, nextMs - clock.monotonicMs());
  const putOff = (): void => {
    nextMs = clock.monotonicMs() + everyMs;
  };
  return {
    waitMs,
    putOff,
    layer: () => {
      const retryAfterMs = Math.ceil(waitMs());
      if (retryAfterMs > 0) {
        throw new TthError(
          'provider.none_available',
          'Every provider of this stage is resting after failures.',
          {
            retryAfterMs,
          },
        );
      }
      putOff();
      return {};
    },
  };
};
