import {
  type Pose,
  type createFacePainter,
  channelIndex,
  encodePose,
  neutralPose,
  poseSize,
} from '@tth/face';
import type { MediaFrame } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { noScreen, poses, speech } from '../../test/world.ts';
import type { HeardPosition } from './heard.ts';
import { withControls } from './look.ts';
import type { Picture, PictureDecoder } from './picture-decoder.ts';
import type { Screen } from './screen.ts';
import { createVideoPlayer } from './video-player.ts';

/** A canvas that remembers what was put on it. */
const createCanvas = (drawn: unknown[]) => {
  const context = { globalAlpha: 1, drawImage: (picture: unknown) => drawn.push(picture) };
  return { width: 300, height: 150, hasAttribute: () => false, getContext: () => context };
};

const startPlayer = () => {
  const clock = new SimulatedClock();
  const drawn: unknown[] = [];
  const faces: Pose[] = [];
  const painters: Parameters<typeof createFacePainter>[0][] = [];
  const seen = { consumedUs: 0 };
  let place: HeardPosition | undefined;
  let nextFrame = (): void => {};
  const screen: Screen = {
    ...noScreen,
    requestFrame: (draw) => {
      nextFrame = draw;
      return 1;
    },
    createCanvas: () => createCanvas([]) as unknown as OffscreenCanvas,
  };
  const decoder: PictureDecoder = {
    decode: (frame, onPicture) => onPicture({ close: () => {}, ptsUs: frame.ptsUs } as unknown as Picture),
    reset: () => {},
    close: () => {},
  };
  const player = createVideoPlayer({
    clock,
    screen,
    decoder,
    heard: () => place,
    onConsumed: (us) => (seen.consumedUs += us),
    createPainter: (options) => {
      painters.push(options);
      return { draw: (_context, pose) => void faces.push(pose.slice()) };
    },
  });
  const canvas = createCanvas(drawn);
  const detach = player.attach(canvas as unknown as HTMLCanvasElement);
  return {
    player,
    canvas,
    drawn,
    faces,
    painters,
    seen,
    detach,
    mouth: () => faces.at(-1)?.[channelIndex.aa] ?? Number.NaN,
    hear: (ms: number, rest: Partial<HeardPosition> = {}): void => {
      place = { turn: 1, ptsUs: ms * 1000, playing: true, ...rest };
    },
    hearNothing: (): void => {
      place = undefined;
    },
    frame: (ms = 16): void => {
      clock.increment(ms);
      nextFrame();
    },
  };
};

const openMouth = (frame: Partial<MediaFrame> = {}): MediaFrame => {
  const payload = new Uint8Array(poseSize * 5);
  const pose = neutralPose();
  pose[channelIndex.aa] = 1;
  for (let n = 0; n < 5; n += 1) encodePose(pose, payload, n * poseSize);
  return poses({ payload, ...frame });
};
const video = (n: number, turn = 1): MediaFrame => ({
  ...speech(),
  kind: 'video',
  codec: 'h264',
  turn,
  ptsUs: n * 40_000,
});
const h264 = { codec: 'h264', widthPx: 256, heightPx: 256, fps: 25 } as const;

describe('video player', () => {
  it('draws a face at rest from the moment it has a canvas, and gives that a size', () => {
    const { canvas, faces, painters, frame } = startPlayer();

    frame();

    expect(faces).toHaveLength(2);
    expect(canvas).toMatchObject({ width: 512, height: 512 });
    expect(painters).toMatchObject([{ widthPx: 512, heightPx: 512, framing: 'bust', background: 'studio' }]);
  });

  it('bakes the face again only when its look or size changes', () => {
    const { player, canvas, painters, frame } = startPlayer();
    frame();
    expect(painters).toHaveLength(1);

    player.changeLook((look) => withControls(look, { render: { framing: 'close' } }));
    frame();
    canvas.width = 640;
    frame();

    expect(painters.map(({ framing, widthPx }) => [framing, widthPx])).toEqual([
      ['bust', 512],
      ['close', 512],
      ['close', 640],
    ]);
  });

  it('shows the pose of the heard place, with no skew', () => {
    const { player, hear, frame, mouth } = startPlayer();
    player.accept(openMouth());
    for (let ms = 0; ms < 160; ms += 16) {
      hear(ms);
      frame(25);
    }

    expect(mouth()).toBeCloseTo(1);
    expect(player.stats()).toMatchObject({ skewMs: 0, maxAbsSkewMs: 0 });
    expect(player.stats().mouthOpening).toBeGreaterThan(0.5);
  });

  it('tells how late the picture is when its poses stay away', () => {
    const { player, hear, frame } = startPlayer();
    player.accept(openMouth());

    hear(260);
    frame();

    expect(player.stats()).toMatchObject({ skewMs: -60, maxAbsSkewMs: 60 });
  });

  it('has a closed mouth 80 ms after a cut', () => {
    const { player, hear, hearNothing, frame, mouth } = startPlayer();
    player.accept(openMouth());
    hear(100);
    for (let n = 0; n < 20; n += 1) frame();
    expect(mouth()).toBeCloseTo(1);

    player.cut();
    hearNothing();
    for (let n = 0; n < 5; n += 1) frame();

    expect(mouth()).toBeCloseTo(0);
  });

  it('draws each picture of a video once, near its sound', () => {
    const { player, drawn, hear, frame } = startPlayer();
    player.setFormat(h264);
    for (let n = 0; n < 5; n += 1) player.accept(video(n));

    for (const ms of [0, 10, 45, 50, 85]) {
      hear(ms);
      frame();
    }

    expect(drawn).toMatchObject([{ ptsUs: 0 }, { ptsUs: 40_000 }, { ptsUs: 80_000 }]);
    expect(player.stats().skewMs).toBe(-5);
    expect(player.stats().maxAbsSkewMs).toBeLessThanOrEqual(20);
  });

  it('lets go of pictures while nobody draws, and shows the right one on return', () => {
    const { player, drawn, hear, frame, seen } = startPlayer();
    player.setFormat(h264);
    for (let n = 0; n < 5; n += 1) player.accept(video(n));

    for (const ms of [40, 80, 120]) {
      hear(ms);
      player.advance();
    }
    expect(seen.consumedUs).toBe(120_000);
    expect(drawn).toEqual([]);
    frame();

    expect(drawn).toMatchObject([{ ptsUs: 120_000 }]);
    expect(player.stats().framesDropped).toBe(3);
  });

  it('keeps the last picture while speech goes on without others', () => {
    const { player, drawn, hear, frame } = startPlayer();
    player.setFormat(h264);
    player.accept(video(0));
    player.accept(video(1));

    for (const ms of [0, 40, 80, 500, 2_000, 5_000]) {
      hear(ms);
      frame(100);
    }

    expect(drawn.at(-1)).toMatchObject({ ptsUs: 40_000 });
    expect(drawn).toHaveLength(2);
  });

  it('shows pictures of another size from where they begin, on the whole of its canvas', () => {
    const { player, canvas, drawn, hear, frame } = startPlayer();
    player.setFormat(h264);
    player.accept(video(0));
    hear(0);
    frame();
    const { width } = canvas;

    player.setFormat({ ...h264, widthPx: 192, heightPx: 192 });
    player.accept({ ...video(1), key: true });
    hear(40);
    frame();

    expect(drawn).toMatchObject([{ ptsUs: 0 }, { ptsUs: 40_000 }]);
    expect(canvas.width).toBe(width);
  });

  it('comes to rest on the first picture of the turn when a video ends', () => {
    const { player, drawn, hear, frame } = startPlayer();
    player.setFormat(h264);
    player.accept(video(0));
    player.accept(video(1));
    hear(0);
    frame();
    hear(40);
    frame();

    hear(80, { playing: false });
    frame(100);

    expect(drawn).toHaveLength(3);
    expect(drawn[2]).not.toMatchObject({ ptsUs: 40_000 });
  });

  it('gives back the time of pictures that no sound came for when their turn is over', () => {
    const { player, seen } = startPlayer();
    player.accept(openMouth());
    player.accept(openMouth({ turn: 2 }));

    player.endTurn(1);

    expect(seen.consumedUs).toBe(200_000);
    expect(player.bufferedUs()).toBe(200_000);
  });

  it('draws nothing more once its canvas is taken away', () => {
    const { detach, faces, frame } = startPlayer();

    detach();
    frame();

    expect(faces).toHaveLength(1);
  });
});
