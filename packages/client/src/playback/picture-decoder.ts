import type { MediaFrame } from '@tth/protocol';
import { decoderConfig } from './video-config.ts';

/** A decoded picture; whoever holds it closes it. */
export type Picture = (VideoFrame | ImageBitmap) & CanvasImageSource;

/** Port to the browser's decoders. */
export interface PictureDecoder {
  /** `onPicture` is called once, or never when the frame cannot be decoded. */
  decode(frame: MediaFrame, onPicture: (picture: Picture) => void): void;
  /** Forgets what is inside; the next frame should be a key frame. */
  reset(): void;
  close(): void;
}

/**
 * Decodes h264 (annex B), vp8 and jpeg. After a failure everything up to the next key frame is skipped and `onUndecodable`
 * asks for one.
 */
export const createPictureDecoder = (onUndecodable: () => void): PictureDecoder => {
  let decoder: VideoDecoder | undefined;
  let codec: MediaFrame['codec'] | undefined;
  let needsKey = true;
  let stamp = 0;
  const pending = new Map<number, (picture: Picture) => void>();

  const reset = (): void => {
    if (decoder !== undefined && decoder.state !== 'closed') decoder.close();
    decoder = undefined;
    needsKey = true;
    pending.clear();
  };

  const fail = (): void => {
    reset();
    onUndecodable();
  };

  const configure = ({ payload }: MediaFrame, as: 'h264' | 'vp8'): VideoDecoder => {
    const made = new VideoDecoder({
      output: (picture) => {
        const take = pending.get(picture.timestamp);
        pending.delete(picture.timestamp);
        if (take === undefined) picture.close();
        else take(picture);
      },
      error: () => made === decoder && fail(),
    });
    made.configure(decoderConfig(as, payload));
    return made;
  };

  const decodeVideo = (
    frame: MediaFrame,
    as: 'h264' | 'vp8',
    onPicture: (picture: Picture) => void,
  ): void => {
    if (codec !== as) reset();
    codec = as;
    if (needsKey && !frame.key) return onUndecodable();
    try {
      decoder ??= configure(frame, as);
      needsKey = false;
      stamp += 1;
      pending.set(stamp, onPicture);
      // Turns restart their clocks; a number of our own names each frame for good.
      decoder.decode(
        new EncodedVideoChunk({
          type: frame.key ? 'key' : 'delta',
          timestamp: stamp,
          data: frame.payload,
        }),
      );
    } catch {
      fail();
    }
  };

  return {
    decode(frame, onPicture) {
      if (frame.codec === 'h264' || frame.codec === 'vp8') return decodeVideo(frame, frame.codec, onPicture);
      const blob = new Blob([frame.payload as BlobPart], { type: 'image/jpeg' });
      createImageBitmap(blob).then(onPicture, onUndecodable);
    },
    reset,
    close: reset,
  };
};
