import { type FacePainter, createFacePainter, mouthOpening, poseSize } from '@tth/face';
import type { MediaFrame, ServerMessageOf } from '@tth/protocol';
import type { Clock } from '../clock.ts';
import type { HeardPosition } from './heard.ts';
import { createIdleBlend } from './idle-blend.ts';
import { type Look, firstLook } from './look.ts';
import type { PictureDecoder } from './picture-decoder.ts';
import { createPoseTrack } from './pose-track.ts';
import { type Screen, context2d } from './screen.ts';
import { createVideoTrack } from './video-track.ts';

export type PictureFormat = ServerMessageOf<'video_format'>['format'];

/** `skewMs`: what was shown minus what was heard; positive means the picture is ahead. */
export interface VideoStats {
  readonly skewMs: number;
  readonly maxAbsSkewMs: number;
  readonly mouthOpening: number;
  readonly framesDrawn: number;
  readonly framesDropped: number;
}

export interface VideoPlayerOptions {
  readonly clock: Clock;
  readonly screen: Screen;
  readonly decoder: PictureDecoder;
  /** Where the sound is; asked at every drawn frame. */
  readonly heard: () => HeardPosition | undefined;
  readonly onConsumed: (us: number) => void;
  readonly createPainter?: typeof createFacePainter;
}

const defaultSizePx = 512;
const idleSeed = 20_011;
const restFadeMs = 90;
/** What was seen longer ago says nothing about now. */
const freshMs = 250;

/**
 * Draws the avatar at the heard place of the turn, once per frame of the screen. Poses are drawn as a face, video as it
 * comes; between turns the face rests, and video fades to the first picture of its turn.
 */
export const createVideoPlayer = (options: VideoPlayerOptions) => {
  const { clock, screen, heard, onConsumed, createPainter = createFacePainter } = options;
  const poses = createPoseTrack(onConsumed);
  const video = createVideoTrack(options.decoder, onConsumed, () => (framesDropped += 1));
  const blend = createIdleBlend(idleSeed);
  let framesDrawn = 0;
  let framesDropped = 0;
  let skewMs = 0;
  let seen: { readonly turn: number; readonly atMs: number } | undefined;
  let maxAbsSkewMs = 0;
  let opening = 0;
  let look = firstLook;
  let format: PictureFormat | undefined;
  let canvas: HTMLCanvasElement | undefined;
  let painter: { readonly key: string; readonly painter: FacePainter } | undefined;
  let rest: { readonly turn: number; readonly picture: CanvasImageSource } | undefined;
  let lastPlayingMs = 0;
  let frameRequest: number | undefined;

  const measureSkew = (turn: number, shownUs: number): void => {
    const now = heard();
    if (now?.playing !== true || now.turn !== turn) return;
    skewMs = (shownUs - now.ptsUs) / 1000;
    seen = { turn, atMs: clock.now() };
    maxAbsSkewMs = Math.max(maxAbsSkewMs, Math.abs(skewMs));
  };

  const painterFor = (widthPx: number, heightPx: number): FacePainter => {
    const key = JSON.stringify([look, widthPx, heightPx]);
    if (painter?.key !== key) {
      const made = createPainter({ ...look, widthPx, heightPx, createCanvas: screen.createCanvas });
      painter = { key, painter: made };
    }
    return painter.painter;
  };

  const drawFace = (onto: HTMLCanvasElement, place: HeardPosition | undefined): void => {
    let shownUs: number | undefined;
    const pose = blend.next(clock.now(), (into) => {
      if (place?.playing === true) shownUs = poses.sample(place.turn, place.ptsUs, into);
      return shownUs !== undefined;
    });
    painterFor(onto.width, onto.height).draw(context2d(onto), pose);
    opening = mouthOpening(pose);
    framesDrawn += 1;
    if (place !== undefined && shownUs !== undefined) measureSkew(place.turn, shownUs);
  };

  const keepAsRest = (
    turn: number,
    picture: CanvasImageSource,
    { width, height }: HTMLCanvasElement,
  ): void => {
    if (rest?.turn === turn) return;
    const copy = screen.createCanvas(width, height);
    context2d(copy).drawImage(picture, 0, 0, width, height);
    rest = { turn, picture: copy };
  };

  const drawVideo = (onto: HTMLCanvasElement, place: HeardPosition | undefined): void => {
    const context = context2d(onto);
    if (place?.playing !== true) {
      const fade = (clock.now() - lastPlayingMs) / restFadeMs;
      if (rest === undefined || fade > 4) return;
      context.globalAlpha = Math.min(1, fade);
      context.drawImage(rest.picture, 0, 0, onto.width, onto.height);
      context.globalAlpha = 1;
      return;
    }
    lastPlayingMs = clock.now();
    const shown = video.at(place.turn, place.ptsUs);
    if (shown === undefined) return;
    if (shown.isNew) {
      context.drawImage(shown.picture, 0, 0, onto.width, onto.height);
      keepAsRest(place.turn, shown.picture, onto);
      framesDrawn += 1;
    }
    measureSkew(place.turn, shown.ptsUs);
  };

  const showsVideo = (): boolean => format !== undefined && format.codec !== 'pose';

  const advance = (): void => {
    const place = heard();
    if (place === undefined) return;
    poses.advance(place.turn, place.ptsUs);
    video.advance(place.turn, place.ptsUs);
  };

  const drawFrame = (): void => {
    frameRequest = screen.requestFrame(drawFrame);
    if (canvas === undefined || canvas.width === 0 || canvas.height === 0) return;
    advance();
    if (showsVideo()) drawVideo(canvas, heard());
    else drawFace(canvas, heard());
  };

  const stop = (): void => {
    if (frameRequest !== undefined) screen.cancelFrame(frameRequest);
    frameRequest = undefined;
  };

  const drawIdle = ({ payload }: MediaFrame): void => {
    void screen.decodeStill(payload).then(
      (picture) => {
        if (canvas !== undefined && heard()?.playing !== true) {
          context2d(canvas).drawImage(picture, 0, 0, canvas.width, canvas.height);
        }
        picture.close();
      },
      () => {},
    );
  };

  return {
    /** Draws here from now on, whether or not there is a connection. A canvas without a size of its own gets one. */
    attach(to: HTMLCanvasElement): () => void {
      stop();
      canvas = to;
      if (!to.hasAttribute('width')) to.width = format?.widthPx ?? defaultSizePx;
      if (!to.hasAttribute('height')) to.height = format?.heightPx ?? defaultSizePx;
      drawFrame();
      return () => {
        if (canvas !== to) return;
        stop();
        canvas = undefined;
      };
    },

    changeLook(change: (look: Look) => Look): void {
      look = change(look);
    },

    /** What the pictures of the coming turn are. */
    setFormat(next: PictureFormat): void {
      format = next;
    },

    /** Takes a picture of the current epoch. */
    accept(frame: MediaFrame): void {
      if (frame.idle) {
        onConsumed(frame.durationUs);
        if (frame.codec === 'jpeg') drawIdle(frame);
      } else if (frame.kind === 'pose') poses.accept(frame, format?.channels?.length ?? poseSize);
      else video.accept(frame);
    },

    /** Lets go of pictures whose time has passed; called with every report of the sound, so that a hidden page keeps up. */
    advance,

    /** Forgets the pictures of a turn from `afterUs` on. */
    discard(turn: number, afterUs: number): void {
      poses.discard(turn, afterUs);
      video.discard(turn, afterUs);
    },

    /** The mouth closes, quickly. */
    cut(): void {
      blend.cut();
      poses.clear();
      video.clear();
    },

    /** A turn is over and silent: pictures that had no sound are let go. */
    endTurn: (turn: number): void => {
      poses.endTurn(turn);
      video.endTurn(turn);
    },

    bufferedUs: (): number => poses.bufferedUs() + video.bufferedUs(),

    /** The skew of a turn, when one of its pictures was on show just now. */
    skewOf: (turn: number): number | undefined =>
      seen?.turn === turn && clock.now() - seen.atMs <= freshMs ? skewMs : undefined,

    stats: (): VideoStats => ({ skewMs, maxAbsSkewMs, mouthOpening: opening, framesDrawn, framesDropped }),

    close: (): void => {
      stop();
      video.clear();
      options.decoder.close();
    },
  };
};

export type VideoPlayer = ReturnType<typeof createVideoPlayer>;
