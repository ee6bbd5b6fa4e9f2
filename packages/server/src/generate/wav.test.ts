import { describe, expect, it } from 'vitest';
import { wavHeader } from './wav.ts';

describe('wav header', () => {
  it('says 16-bit mono at the given rate and how many bytes follow', () => {
    const header = Buffer.from(wavHeader(24_000, 1_000));

    expect(header.subarray(0, 4).toString() + header.subarray(8, 16).toString()).toBe('RIFFWAVEfmt ');
    expect(header.readUInt32LE(4)).toBe(1_036);
    expect([header.readUInt16LE(20), header.readUInt16LE(22), header.readUInt32LE(24)]).toEqual([
      1, 1, 24_000,
    ]);
    expect([header.readUInt32LE(28), header.readUInt16LE(32), header.readUInt16LE(34)]).toEqual([
      48_000, 2, 16,
    ]);
    expect(header.readUInt32LE(40)).toBe(1_000);
  });

  it('of a stream holds the largest sizes', () => {
    const header = Buffer.from(wavHeader(24_000));

    expect(header.readUInt32LE(4)).toBe(0xffff_ffff);
  });
});
