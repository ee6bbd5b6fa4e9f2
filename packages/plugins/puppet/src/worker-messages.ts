import type { Look } from './look.ts';

/** One turn's drawing: what to draw and how to encode it. */
export interface DrawingSpec extends Look {
  readonly codec: 'h264' | 'vp8' | 'jpeg';
  readonly bitrate: number;
  /** 1 to 100. */
  readonly jpegQuality: number;
  /** Address of a `CodecModule`; unused for `jpeg`. */
  readonly codecsUrl: string | undefined;
}

export interface FramePlan {
  readonly ptsUs: number;
  readonly key: boolean;
}

export interface DrawnPicture extends FramePlan {
  readonly data: Uint8Array;
}

/** To a worker. `draw` and `finish` are answered once each, in order per drawing, unless it was released. */
export type WorkerRequest =
  | { readonly type: 'open'; readonly drawing: number; readonly spec: DrawingSpec }
  | {
      readonly type: 'draw';
      readonly drawing: number;
      readonly frames: readonly FramePlan[];
      readonly poses: Uint8Array;
    }
  | { readonly type: 'finish'; readonly drawing: number }
  | { readonly type: 'release'; readonly drawing: number };

/** From a worker. After `failed` nothing more comes for that drawing. */
export type WorkerReply =
  | { readonly type: 'drawn'; readonly drawing: number; readonly pictures: readonly DrawnPicture[] }
  | { readonly type: 'failed'; readonly drawing: number; readonly reason: string };
