import { describe, expect, it } from 'vitest';
import type { MediaItem } from '@tth/core';
import { createHeldMedia } from './held-media.ts';

/** 100 ms of sound filled with one value. */
const piece = (index: number, sentenceEnd = false): MediaItem => ({
  kind: 'audio',
  codec: 'pcm_s16le',
  turn: 1,
  epoch: 1,
  sentence: 0,
  ptsUs: index * 100_000,
  durationUs: sentenceEnd ? 0 : 100_000,
  key: true,
  sentenceEnd,
  data: new Uint8Array(sentenceEnd ? 0 : 4_800).fill(index + 1),
});

const frame = (index: number): MediaItem => ({
  ...piece(index),
  kind: 'video',
  codec: 'h264',
  ptsUs: index * 40_000,
  durationUs: 40_000,
});

const lengths = (items: readonly MediaItem[]): number[] => items.map(({ data }) => data.byteLength);

describe('held media', () => {
  it('is handed on a sentence at a time', () => {
    const speech = createHeldMedia();

    expect(speech.add(piece(0))).toEqual([]);
    expect(speech.add(piece(1))).toEqual([]);
    expect(lengths(speech.add(piece(2, true)))).toEqual([4_800, 4_800]);
    expect(speech.rest()).toEqual([]);
  });

  it('loses what is said anew, to the sample', () => {
    const speech = createHeldMedia();
    for (const index of [0, 1, 2]) speech.add(piece(index));

    speech.discardAfter(150_000);

    expect(lengths(speech.rest())).toEqual([4_800, 2_400]);
  });

  it('loses the pictures that begin after it, too', () => {
    const held = createHeldMedia();
    for (const index of [0, 1, 2, 3]) held.add(frame(index));

    held.discardAfter(80_000);

    expect(held.rest().map(({ ptsUs }) => ptsUs)).toEqual([0, 40_000]);
  });

  it('gives what is left of a turn that ends without its last sentence', () => {
    const speech = createHeldMedia();
    speech.add(piece(0));

    expect(lengths(speech.rest())).toEqual([4_800]);
  });
});
