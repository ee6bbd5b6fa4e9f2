import { TthError } from '../domain/errors.ts';

/**
 * Reads the pieces of one stream and forgives one that cannot be read: it comes out as `undefined`, to be
 * skipped. The second one throws `provider.protocol_error`. What `read` throws is not passed on, because it
 * may quote the piece.
 */
export const forgiveOne = <Piece, Result>(
  read: (piece: Piece) => Result,
): ((piece: Piece) => Result | undefined) => {
  let isForgiven = false;
  return (piece) => {
    try {
      return read(piece);
    } catch {
      if (isForgiven) {
        throw new TthError('provider.protocol_error', 'More than one piece of the answer cannot be read.');
      }
      isForgiven = true;
      return undefined;
    }
  };
};
