import { TthError } from '@tth/core/plugin';

/** The answer ended, but not where it should have. */
export const truncated = (): TthError =>
  new TthError('provider.protocol_error', 'The sound ended before its end.', {
    details: { reason: 'truncated' },
  });

/** The answer is well and there is nothing in it. */
export const soundless = (): TthError =>
  new TthError('provider.protocol_error', 'The provider answered with no sound.', {
    details: { reason: 'empty' },
  });
