import type { EncodedAudio } from '@tth/core/plugin';

/** A packet as the binary gives it, without its times. */
export interface RawPacket {
  readonly data: Uint8Array;
  /** With the first packet: an AudioSpecificConfig or an OpusHead. */
  readonly description: Uint8Array | undefined;
}

/** OpusHead counts its pre-skip in samples of 48 kHz, little-endian, at byte 10. */
const preSkipSamples = (opusHead: Uint8Array, rateHz: number): number =>
  Math.round((((opusHead[10] ?? 0) + (opusHead[11] ?? 0) * 256) * rateHz) / 48_000);

/**
 * Gives packets their times from sample counts alone: the ones the binary gives are wrong at the end of a stream.
 * The returned function takes the packets in order, each with the number of samples that went in so far.
 *
 * - AAC needs one packet to fill its window. It begins one packet before 0, which tells a muxer to hide it.
 * - Opus says in its description how much to skip: its packets begin at 0 and end that much later than the sound.
 */
export const createPacketTimes = (codec: 'aac' | 'opus', rateHz: number, fromSample: number) => {
  const size = codec === 'aac' ? 1024 : rateHz / 50;
  const toUs = (sample: number): number => Math.round(((fromSample + sample) * 1_000_000) / rateHz);
  let next = codec === 'aac' ? -size : 0;
  let skipped = 0;

  return ({ data, description }: RawPacket, inputSamples: number): EncodedAudio => {
    if (codec === 'opus' && description) skipped = preSkipSamples(description, rateHz);
    const from = next;
    next = Math.max(from, Math.min(from + size, inputSamples + skipped));
    const ptsUs = toUs(from);
    return { data, ptsUs, durationUs: toUs(next) - ptsUs, ...(description && { description }) };
  };
};
