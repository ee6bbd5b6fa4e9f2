import type { CodecModule } from '@tth/core/plugin';

/** A module as `MediaCodecs.moduleUrl` names one: every frame is what its encoder was asked for, as JSON. */
export const createVideoEncoder: CodecModule['createVideoEncoder'] = async (options) => {
  const told = JSON.stringify(options);
  return {
    encode: async (_rgba, ptsUs, key) => [{ data: new Uint8Array(Buffer.from(told)), key, ptsUs }],
    flush: async () => [],
    close: () => {},
  };
};
