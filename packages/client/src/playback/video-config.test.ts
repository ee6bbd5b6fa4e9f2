import { describe, expect, it } from 'vitest';
import { decoderConfig, h264CodecOf } from './video-config.ts';

const keyFrame = Uint8Array.of(
  0,
  0,
  0,
  1,
  9,
  0x10,
  0,
  0,
  0,
  1,
  0x67,
  0x64,
  0x00,
  0x1f,
  0xac,
  0,
  0,
  1,
  0x68,
  0,
);

describe('video configuration', () => {
  it('says the profile that is in the stream', () => {
    expect(h264CodecOf(keyFrame)).toBe('avc1.64001f');
  });

  it('finds no profile where there is no parameter set', () => {
    expect(h264CodecOf(Uint8Array.of(0, 0, 1, 0x41, 1, 2, 3, 4))).toBeUndefined();
    expect(h264CodecOf(new Uint8Array(0))).toBeUndefined();
  });

  it('gives the decoder the colours that the encoder meant', () => {
    expect(decoderConfig('h264', keyFrame)).toMatchObject({
      codec: 'avc1.64001f',
      colorSpace: { matrix: 'smpte170m', primaries: 'bt709', transfer: 'bt709', fullRange: false },
    });
  });
});
