import type { MediaFrame } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { speech } from '../../test/world.ts';
import type { Picture, PictureDecoder } from './picture-decoder.ts';
import { createVideoTrack } from './video-track.ts';

const frameMs = 40;

const startTrack = (count = 0) => {
  const asked: { frame: MediaFrame; answer: () => void }[] = [];
  const seen = { consumedUs: 0, dropped: 0, closed: 0, resets: 0 };
  const decoder: PictureDecoder = {
    decode: (frame, onPicture) => {
      const picture = { close: () => (seen.closed += 1), n: frame.ptsUs / 40_000 } as unknown as Picture;
      asked.push({ frame, answer: () => onPicture(picture) });
    },
    reset: () => (seen.resets += 1),
    close: () => {},
  };
  const track = createVideoTrack(
    decoder,
    (us) => (seen.consumedUs += us),
    () => (seen.dropped += 1),
  );
  const accept = (n: number, turn = 1): void =>
    track.accept({ ...speech(), kind: 'video', codec: 'h264', turn, ptsUs: n * frameMs * 1000 });
  for (let n = 0; n < count; n += 1) accept(n);
  return {
    track,
    seen,
    asked,
    accept,
    decodeAll: () => {
      for (const { answer } of asked.splice(0)) answer();
    },
    shownAt: (ms: number, turn = 1) => {
      track.advance(turn, ms * 1000);
      return track.at(turn, ms * 1000)?.ptsUs;
    },
  };
};

describe('video track', () => {
  it('shows the picture nearest to the sound, so that it is off by half a frame at most', () => {
    const { decodeAll, shownAt } = startTrack(4);
    decodeAll();

    expect([0, 19, 21, 59, 61].map((ms) => shownAt(ms))).toEqual([0, 0, 40_000, 40_000, 80_000]);
  });

  it('decodes a few pictures ahead and goes on as they are shown', () => {
    const { asked, decodeAll, shownAt } = startTrack(10);
    expect(asked).toHaveLength(6);
    decodeAll();

    shownAt(80);

    expect(asked).toHaveLength(2);
  });

  it('gives back the time of every picture it lets go, and counts those that were never shown', () => {
    const { seen, decodeAll, shownAt } = startTrack(6);
    decodeAll();
    shownAt(0);

    shownAt(160);

    expect(seen).toMatchObject({ consumedUs: 160_000, closed: 4, dropped: 3 });
  });

  it('does not wait for a decoder that fell behind', () => {
    const { seen, shownAt, track } = startTrack(6);

    expect(shownAt(200)).toBeUndefined();

    expect(seen.consumedUs).toBe(160_000);
    expect(track.bufferedUs()).toBe(80_000);
  });

  it('throws away a picture that comes out of the decoder after its time', () => {
    const { seen, decodeAll, shownAt } = startTrack(6);
    shownAt(200);

    decodeAll();

    expect(seen.closed).toBe(4);
  });

  it('shows no picture of another turn', () => {
    const { decodeAll, shownAt, accept } = startTrack(1);
    accept(0, 2);
    decodeAll();

    expect(shownAt(0, 2)).toBe(0);
    expect(shownAt(0, 3)).toBeUndefined();
  });

  it('gives everything back when it is cleared, and calls nothing of it late', () => {
    const { seen, track, decodeAll } = startTrack(10);
    decodeAll();

    track.clear();

    expect(seen).toMatchObject({ consumedUs: 400_000, closed: 6, resets: 1, dropped: 0 });
    expect(track.bufferedUs()).toBe(0);
  });
});
