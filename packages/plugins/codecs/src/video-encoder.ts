import { VideoEncoder, VideoFrame } from '@napi-rs/webcodecs';
import {
  type EncodedVideo,
  type VideoEncoderHandle,
  type VideoEncoderOptions,
  TthError,
} from '@tth/core/plugin';
import { createOutbox } from './outbox.ts';

/**
 * The binary converts RGBA with the BT.601 matrix whatever it is told. With any other tag colours shift by up to
 * 25 levels in a browser.
 */
const colorSpace = {
  matrix: 'smpte170m',
  primaries: 'bt709',
  transfer: 'bt709',
  fullRange: false,
} as const;

/** What is asked for. For h264 the stream's own header is what counts. */
const codecStrings = { h264: 'avc1.640028', vp8: 'vp8' } as const;

const checkOptions = ({ widthPx, heightPx, fps, bitrate }: VideoEncoderOptions): void => {
  const isEven = (size: number): boolean => Number.isInteger(size) && size > 0 && size % 2 === 0;
  if (isEven(widthPx) && isEven(heightPx) && fps > 0 && bitrate > 0) return;
  throw new TthError(
    'config.invalid',
    'A video encoder needs an even width and height and a positive frame rate and bit rate.',
    { details: { widthPx, heightPx, fps, bitrate } },
  );
};

/**
 * Makes an H.264 or VP8 encoder: one frame in, one frame out, in order, no frame held back for look-ahead.
 *
 * - `rgba`: `widthPx * heightPx * 4` bytes, sRGB, alpha ignored.
 * - Key frames come when asked for, at the start, after `flush` and every 250 frames.
 * - `encode` resolves when its frame is out. To draw the next frame meanwhile, await it after drawing.
 * - `close` may be called twice. Calls after it, and calls after a failure inside the encoder, throw `plugin.error`.
 */
export const createVideoEncoder = async (options: VideoEncoderOptions): Promise<VideoEncoderHandle> => {
  checkOptions(options);
  const { codec, format, widthPx, heightPx, fps, bitrate } = options;
  const outbox = createOutbox<EncodedVideo>(codec);
  const encoder = new VideoEncoder({
    output: (chunk, metadata) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      const description = metadata?.decoderConfig?.description;
      outbox.put({
        data,
        key: chunk.type === 'key',
        ptsUs: chunk.timestamp,
        ...(description && { description: new Uint8Array(description) }),
      });
    },
    error: outbox.fail,
  });
  encoder.configure({
    codec: codecStrings[codec],
    width: widthPx,
    height: heightPx,
    framerate: fps,
    bitrate,
    // 'realtime' makes every tenth frame a key frame; 'quality' delays nothing either.
    latencyMode: 'quality',
    ...(codec === 'h264' && { avc: { format } }),
  });

  let mustBeKey = true;
  let framesIn = 0;

  return {
    encode: async (rgba, ptsUs, keyFrame) => {
      if (rgba.length !== widthPx * heightPx * 4) {
        throw new TthError('provider.format_mismatch', 'A frame has another size than its encoder.', {
          details: { widthPx, heightPx, byteLength: rgba.length },
        });
      }
      outbox.refuseAfterFailure();
      const frame = new VideoFrame(rgba, {
        format: 'RGBA',
        codedWidth: widthPx,
        codedHeight: heightPx,
        timestamp: ptsUs,
        duration: Math.round(1_000_000 / fps),
        colorSpace,
      });
      encoder.encode(frame, { keyFrame: keyFrame || mustBeKey });
      frame.close();
      mustBeKey = false;
      framesIn += 1;
      const through = framesIn;
      await outbox.until(() => outbox.count() >= through);
      return outbox.take();
    },
    flush: async () => {
      outbox.refuseAfterFailure();
      await encoder.flush().catch(outbox.fail);
      mustBeKey = true;
      return outbox.take();
    },
    close: () => {
      if (encoder.state !== 'closed') encoder.close();
      outbox.fail(new Error('The encoder was closed'));
    },
  };
};
