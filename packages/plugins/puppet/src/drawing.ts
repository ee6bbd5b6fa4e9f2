import type { Canvas } from '@napi-rs/canvas';
import type { CodecModule } from '@tth/core/plugin';
import { decodePose, neutralPose, poseSize } from '@tth/face';
import type { Easel } from './easels.ts';
import type { DrawingSpec, DrawnPicture, FramePlan } from './worker-messages.ts';

/** A turn's pictures in the making, inside a worker. */
export interface Drawing {
  /** Pictures that have come out, usually those of `frames`. Stops between two frames once closed. */
  draw(frames: readonly FramePlan[], poses: Uint8Array): Promise<readonly DrawnPicture[]>;
  /** The pictures still inside the encoder. */
  finish(): Promise<readonly DrawnPicture[]>;
  /** Frees the encoder. May be called at any time and again. */
  close(): void;
}

/** Turns a drawn canvas into bytes. The canvas is read before the first wait. */
interface CanvasEncoder {
  encode(canvas: Canvas, frame: FramePlan): Promise<readonly DrawnPicture[]>;
  flush(): Promise<readonly DrawnPicture[]>;
  close(): void;
}

const jpegEncoder = (quality: number): CanvasEncoder => ({
  encode: async (canvas, { ptsUs }) => [
    // A copy: the buffer may be part of a pool, and it is transferred.
    { ptsUs, key: true, data: new Uint8Array(canvas.encodeSync('jpeg', quality)) },
  ],
  flush: async () => [],
  close: () => {},
});

const videoEncoder = async (codec: 'h264' | 'vp8', spec: DrawingSpec): Promise<CanvasEncoder> => {
  const { codecsUrl, widthPx, heightPx, fps, bitrate } = spec;
  if (codecsUrl === undefined) throw new Error('Video needs the address of its encoders');
  const codecs: CodecModule = await import(codecsUrl);
  const encoder = await codecs.createVideoEncoder({
    codec,
    format: 'annexb',
    widthPx,
    heightPx,
    fps,
    bitrate,
  });
  return {
    encode: (canvas, { ptsUs, key }) => encoder.encode(canvas.data(), ptsUs, key),
    flush: () => encoder.flush(),
    close: () => encoder.close(),
  };
};

/** Opens a drawing; rejects when its encoder cannot be made. */
export const openDrawing = async (
  spec: DrawingSpec,
  easelFor: (spec: DrawingSpec) => Easel,
): Promise<Drawing> => {
  const { codec, jpegQuality } = spec;
  const encoder = codec === 'jpeg' ? jpegEncoder(jpegQuality) : await videoEncoder(codec, spec);
  const easel = easelFor(spec);
  const pose = neutralPose();
  let isClosed = false;

  return {
    draw: async (frames, poses) => {
      const pictures: DrawnPicture[] = [];
      let encoding: Promise<readonly DrawnPicture[]> = Promise.resolve([]);
      for (const [i, frame] of frames.entries()) {
        if (isClosed) break;
        easel.draw(decodePose(poses, i * poseSize, pose));
        // Started before the last one is awaited: one frame is drawn while another is encoded.
        const next = encoder.encode(easel.canvas, frame);
        // It is awaited below; until then a failure must not count as unhandled.
        next.catch(() => {});
        pictures.push(...(await encoding));
        encoding = next;
      }
      pictures.push(...(await encoding));
      return pictures;
    },
    finish: () => encoder.flush(),
    close: () => {
      isClosed = true;
      encoder.close();
    },
  };
};
