import type { CodecModule } from '@tth/core/plugin';

/** Encoders that cannot be made, as on a platform without their binary. */
export const createVideoEncoder: CodecModule['createVideoEncoder'] = () =>
  Promise.reject(new Error('No binary for this platform'));
