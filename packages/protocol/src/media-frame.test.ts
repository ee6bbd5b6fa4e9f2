import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type MediaFrame,
  MediaFrameError,
  decodeMediaFrame,
  encodeMediaFrame,
  mediaCodecs,
  mediaHeaderBytes,
  mediaKinds,
} from './media-frame.ts';

const frames = fc.record({
  kind: fc.constantFrom(...(Object.keys(mediaKinds) as (keyof typeof mediaKinds)[])),
  codec: fc.constantFrom(...(Object.keys(mediaCodecs) as (keyof typeof mediaCodecs)[])),
  key: fc.boolean(),
  sentenceEnd: fc.boolean(),
  idle: fc.boolean(),
  turn: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  epoch: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  seq: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  ptsUs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  durationUs: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  sentence: fc.integer({ min: 0, max: 65_535 }),
  payload: fc.uint8Array({ maxLength: 64 }),
});

describe('media frame', () => {
  it('comes back from its bytes unchanged', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(decodeMediaFrame(encodeMediaFrame(frame))).toEqual(frame);
      }),
    );
  });

  it('keeps the bytes that version 1 froze', () => {
    const frame: MediaFrame = {
      kind: 'audio',
      codec: 'pcm_s16le',
      key: true,
      sentenceEnd: true,
      idle: false,
      turn: 0x01020304,
      epoch: 5,
      seq: 6,
      ptsUs: 0x1_0000_0007,
      durationUs: 40_000,
      sentence: 258,
      payload: Uint8Array.of(0xaa, 0xbb),
    };

    expect(Buffer.from(encodeMediaFrame(frame)).toString('hex')).toBe(
      '01010103' +
        '04030201' +
        '05000000' +
        '06000000' +
        '0700000001000000' +
        '409c0000' +
        '0201' +
        '0000' +
        'aabb',
    );
  });

  it('refuses any bytes that are too short or of another version, kind or codec, with a typed error', () => {
    const valid = encodeMediaFrame({
      kind: 'pose',
      codec: 'pose',
      key: true,
      sentenceEnd: false,
      idle: false,
      turn: 1,
      epoch: 1,
      seq: 1,
      ptsUs: 0,
      durationUs: 1,
      sentence: 0,
      payload: new Uint8Array(0),
    });

    expect(() => decodeMediaFrame(valid.subarray(0, mediaHeaderBytes - 1))).toThrow(MediaFrameError);
    for (const offset of [0, 1, 2]) {
      const broken = valid.slice();
      broken[offset] = 99;
      expect(() => decodeMediaFrame(broken)).toThrow(MediaFrameError);
    }
  });

  it('survives binary garbage: it decodes or throws its own error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          expect(decodeMediaFrame(bytes).payload.byteLength).toBe(bytes.byteLength - mediaHeaderBytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MediaFrameError);
        }
      }),
    );
  });
});
