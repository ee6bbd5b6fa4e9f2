import { describe, expect, it } from 'vitest';
import { pictureShares } from './link.ts';
import { shrinkPicture } from './shrink.ts';

const can = { sizePx: { min: 128, max: 1024 }, fps: { min: 10, max: 60 } };
const whole = { widthPx: 512, heightPx: 512, fps: 25 };

describe('a share of a picture', () => {
  it.each([
    { level: 'full', picture: { widthPx: 512, heightPx: 512, fps: 25, bitrateShare: 1 } },
    { level: 'reduced_size', picture: { widthPx: 384, heightPx: 384, fps: 25, bitrateShare: 0.8 } },
    { level: 'reduced_fps', picture: { widthPx: 256, heightPx: 256, fps: 15, bitrateShare: 0.6 } },
  ] as const)('at the level $level has its size, frames and bits', ({ level, picture }) => {
    expect(shrinkPicture(whole, pictureShares[level]!, can)).toEqual(picture);
  });

  it('is no smaller and no slower than the face can do, and keeps the ratio of its sides', () => {
    const share = { size: 0.1, fps: 0.1, bitrate: 1 };

    expect(shrinkPicture({ widthPx: 640, heightPx: 320, fps: 25 }, share, can)).toMatchObject({
      widthPx: 256,
      heightPx: 128,
      fps: 10,
    });
  });

  it('has even sides, because no video codec takes others', () => {
    const { widthPx, heightPx } = shrinkPicture(
      { ...whole, widthPx: 330, heightPx: 250 },
      { size: 0.75, fps: 1, bitrate: 1 },
      can,
    );

    expect([widthPx % 2, heightPx % 2]).toEqual([0, 0]);
  });

  it('is the whole picture where the face can do no other', () => {
    const fixed = { sizePx: { min: 512, max: 512 }, fps: { min: 25, max: 25 } };

    expect(shrinkPicture(whole, { size: 0.5, fps: 0.6, bitrate: 1 }, fixed)).toEqual({
      ...whole,
      bitrateShare: 1,
    });
  });
});
