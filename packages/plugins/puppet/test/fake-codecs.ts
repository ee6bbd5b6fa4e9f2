import type { CodecModule, EncodedVideo, VideoEncoderHandle } from '@tth/core/plugin';

/** A module as `MediaCodecs.moduleUrl` names one: a frame becomes its key flag and its top left pixel. */
export const createVideoEncoder: CodecModule['createVideoEncoder'] = async ({ codec, widthPx, heightPx }) => {
  // vp8 lags by one frame, as the contract allows.
  const lag = codec === 'vp8' ? 1 : 0;
  const inside: EncodedVideo[] = [];
  let isClosed = false;
  const handle: VideoEncoderHandle = {
    encode: async (rgba, ptsUs, keyFrame) => {
      if (isClosed) throw new Error('Closed');
      if (rgba.length !== widthPx * heightPx * 4) throw new Error('Wrong size');
      inside.push({ data: Uint8Array.of(keyFrame ? 1 : 0, ...rgba.subarray(0, 3)), key: keyFrame, ptsUs });
      return inside.splice(0, inside.length - lag);
    },
    flush: async () => inside.splice(0),
    close: () => {
      isClosed = true;
    },
  };
  return handle;
};
