import { describe, expect, it } from 'vitest';
import { createWorld, noScreen, speech } from '../../test/world.ts';
import type { Picture, PictureDecoder } from './picture-decoder.ts';
import type { Screen } from './screen.ts';

const pictureMs = 40;

/** A page whose canvas writes down the time of each picture on it, and that can be put into the background. */
const openPage = async () => {
  const drawnMs: number[] = [];
  let draw = (): void => {};
  let isHidden = false;
  const canvas = {
    width: 300,
    height: 150,
    hasAttribute: () => true,
    getContext: () => ({ globalAlpha: 1, drawImage: (picture: { ms: number }) => drawnMs.push(picture.ms) }),
  };
  const screen: Screen = {
    ...noScreen,
    requestFrame: (next) => {
      draw = next;
      return 1;
    },
    createCanvas: () => ({ getContext: () => ({ drawImage: () => {} }) }) as unknown as OffscreenCanvas,
  };
  const decoder: PictureDecoder = {
    decode: (frame, onPicture) =>
      onPicture({ close: () => {}, ms: frame.ptsUs / 1000 } as unknown as Picture),
    reset: () => {},
    close: () => {},
  };
  const world = createWorld({ screen, decoder });
  const socket = await world.connect();
  world.say({ type: 'turn_started', turnId: 't1', turn: 1, epoch: 1, kind: 'user_text' });
  world.say({
    type: 'video_format',
    turnId: 't1',
    format: { codec: 'h264', widthPx: 256, heightPx: 256, fps: 25 },
  });
  world.client.attachCanvas(canvas as unknown as HTMLCanvasElement);
  let sentMs = 0;
  return {
    ...world,
    socket,
    drawnMs,
    hide: (hidden: boolean): void => {
      isHidden = hidden;
    },
    /** The server sends this much of sound and pictures, as fast as it is heard; the page draws as long as it is seen. */
    pass: (ms: number, { withPictures = true } = {}): void => {
      for (const endMs = sentMs + ms; sentMs < endMs; sentMs += pictureMs) {
        const frame = speech({ ptsUs: sentMs * 1000 });
        socket.media(frame);
        if (withPictures) socket.media({ ...frame, kind: 'video', codec: 'h264' });
        world.advance(pictureMs);
        if (!isHidden) draw();
      }
    },
    draw: (): void => draw(),
    playedMs: (): number => world.client.stats().playedMs,
    reports: () => socket.all('playback'),
  };
};

describe('a page in the background', () => {
  it('goes on sounding and draws nothing', async () => {
    const page = await openPage();
    page.pass(1_000);
    const drawn = page.drawnMs.length;
    const playedMs = page.playedMs();

    page.hide(true);
    page.pass(10_000);

    expect(drawn).toBeGreaterThan(15);
    expect(page.drawnMs).toHaveLength(drawn);
    expect(page.playedMs() - playedMs).toBeGreaterThan(9_900);
    expect(page.client.stats().underruns).toBe(0);
  });

  it('goes on granting credit for pictures that nobody sees', async () => {
    const page = await openPage();
    page.pass(1_000);
    const before = page.socket.all('credit').reduce((sum, { videoMs }) => sum + videoMs, 0);

    page.hide(true);
    page.pass(10_000);

    const granted = page.socket.all('credit').reduce((sum, { videoMs }) => sum + videoMs, 0) - before;
    expect(granted).toBeGreaterThan(9_500);
    expect(granted).toBeLessThan(10_500);
  });

  it('comes back with the picture of the moment, and none of those that were missed', async () => {
    const page = await openPage();
    page.pass(1_000);
    page.hide(true);
    page.pass(10_000);
    const drawn = page.drawnMs.length;

    page.hide(false);
    page.draw();
    page.draw();

    const back = page.drawnMs.slice(drawn);
    expect(back).toHaveLength(1);
    expect(Math.abs(back[0]! - page.playedMs())).toBeLessThanOrEqual(pictureMs);
  });

  it('reports where its sound is, and no skew of pictures that it does not draw', async () => {
    const page = await openPage();
    page.pass(2_000);
    expect(page.reports().at(-1)?.skewMs).toBeDefined();

    page.hide(true);
    page.pass(1_000);
    const reported = page.reports().length;
    page.pass(5_000);

    const hidden = page.reports().slice(reported);
    expect(hidden.length).toBeGreaterThanOrEqual(18);
    expect(hidden.filter(({ skewMs }) => skewMs !== undefined)).toEqual([]);
    expect(hidden.every(({ turnId }) => turnId === 't1')).toBe(true);
  });
});

describe('what a page reports', () => {
  it('is how late the shown picture is when pictures stop coming', async () => {
    const page = await openPage();
    page.pass(2_000);

    page.pass(1_000, { withPictures: false });

    const { skewMs } = page.reports().at(-1)!;
    expect(skewMs).toBeLessThan(-700);
    expect(skewMs).toBeGreaterThan(-1_000);
  });

  it('is each time that the sound ran dry within a sentence', async () => {
    const page = await openPage();
    page.pass(1_000);

    page.advance(2_000);
    page.pass(1_000);

    expect(page.reports()[0]?.underruns).toBe(0);
    expect(page.reports().at(-1)?.underruns).toBe(1);
  });
});
