/** Element ids of Matroska, as they are written. */
const seekPreRoll = [0x56, 0xbb] as const;
const codecDelay = [0x56, 0xaa] as const;

/** A file's tracks are described before this place of it. */
const headerBytes = 4_096;

/** Samples of 48 kHz that a decoder gives before the first that anybody said: bytes 10 and 11 of an OpusHead. */
const preSkipNs = (opusHead: Uint8Array): number => {
  const samples = (opusHead[10] ?? 0) + (opusHead[11] ?? 0) * 256;
  return Math.round((samples * 1_000_000_000) / 48_000);
};

/** Big-endian, in as few bytes as it takes, after its length. */
const elementOf = (value: number): number[] => {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
};

/**
 * The muxer (mediabunny 1.61) writes how much of Opus is to be skipped as `SeekPreRoll`, and no `CodecDelay`, by which players
 * know when the sound begins: they play it 6.5 ms late. Both elements look alike but for their names, so the one is renamed
 * in the bytes that come by. Returns the piece as it was where it does not hold it.
 */
export const withCodecDelay = (bytes: Uint8Array, position: number, opusHead: Uint8Array): Uint8Array => {
  if (position >= headerBytes) return bytes;
  const wanted = [...seekPreRoll, ...elementOf(preSkipNs(opusHead))];
  const last = Math.min(bytes.length, headerBytes - position) - wanted.length;
  for (let at = 0; at <= last; at++) {
    if (wanted.every((byte, n) => bytes[at + n] === byte)) {
      const mended = bytes.slice();
      mended.set(codecDelay, at);
      return mended;
    }
  }
  return bytes;
};
