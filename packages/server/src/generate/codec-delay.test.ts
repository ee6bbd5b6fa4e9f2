import { describe, expect, it } from 'vitest';
import { withCodecDelay } from './codec-delay.ts';

/** With 312 samples to skip: 6.5 ms, 0x632ea0 nanoseconds. */
const opusHead = Uint8Array.of(
  ...new TextEncoder().encode('OpusHead'),
  1,
  1,
  0x38,
  0x01,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
);
const element = [0x56, 0xbb, 0x83, 0x63, 0x2e, 0xa0];
const named = [0x56, 0xaa, 0x83, 0x63, 0x2e, 0xa0];

describe('the delay of Opus in a webm', () => {
  it('gets the name by which players know it, and nothing else changes', () => {
    const header = Uint8Array.of(1, 2, ...element, 3);

    const mended = withCodecDelay(header, 100, opusHead);

    expect([...mended]).toEqual([1, 2, ...named, 3]);
    expect([...header]).toEqual([1, 2, ...element, 3]);
  });

  it.each([
    { what: 'a piece without it', bytes: [0x56, 0xbb, 0x83, 0x63, 0x2e], position: 0 },
    { what: 'media that looks like it', bytes: element, position: 50_000 },
    { what: 'another length of it', bytes: [0x56, 0xbb, 0x84, 0x04, 0xc4, 0xb4, 0x00], position: 0 },
  ])('leaves $what as it is', ({ bytes, position }) => {
    const piece = Uint8Array.from(bytes);

    expect(withCodecDelay(piece, position, opusHead)).toBe(piece);
  });
});
