import { TthError } from '../../domain/errors.ts';
import type { Layer } from './layer.ts';

/** Calls in flight of one provider. */
export interface Limit {
  readonly inFlight: number;
  readonly isFull: boolean;
  /** Refuses one call too many with `provider.unavailable` at once: nobody queues. */
  readonly layer: Layer<unknown>;
}

export const createLimit = (provider: string, maxCallsInFlight: number): Limit => {
  let inFlight = 0;
  const leave = { end: () => void (inFlight -= 1) };
  const isFull = (): boolean => inFlight >= maxCallsInFlight;
  return {
    get inFlight() {
      return inFlight;
    },
    get isFull() {
      return isFull();
    },
    layer: () => {
      if (isFull()) {
        throw new TthError(
          'provider.unavailable',
          'The provider has as many calls as it takes at one time.',
          {
            details: { provider, maxCallsInFlight },
          },
        );
      }
      inFlight += 1;
      return leave;
    },
  };
};
