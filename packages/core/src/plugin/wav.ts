import { TthError } from '../domain/errors.ts';
import type { Pcm } from '../domain/media.ts';
import { wholeFrames } from './whole-frames.ts';

/** What a WAV file says before its sound begins. */
export interface WavHeader {
  readonly encoding: 'pcm_s16le' | 'other';
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Where the sound begins. */
  readonly dataOffset: number;
  /** `undefined`: to the end. Whoever streams does not know the length, and writes 0 or a number beyond all sense. */
  readonly dataBytes: number | undefined;
}

const largestHeaderBytes = 65_536;
/** Lengths from here on are what encoders write who cannot know yet; some take the largest signed number. */
const unknownFrom = 0x7f_ff_00_00;
/** In `fmt`: plain samples, and the form that names their kind further behind. */
const [plain, extensible] = [1, 0xff_fe];

const notWav = (problem: string): TthError =>
  new TthError('provider.protocol_error', 'The sound is not a WAV file that can be read.', {
    details: { problem },
  });

type Format = Pick<WavHeader, 'encoding' | 'sampleRateHz' | 'channels'>;

const readFormat = (view: DataView, at: number): Format => {
  const named = view.getUint16(at, true);
  const kind = named === extensible && view.byteLength >= at + 26 ? view.getUint16(at + 24, true) : named;
  const bits = view.getUint16(at + 14, true);
  return {
    encoding: kind === plain && bits === 16 ? 'pcm_s16le' : 'other',
    channels: view.getUint16(at + 2, true),
    sampleRateHz: view.getUint32(at + 4, true),
  };
};

/**
 * Reads the beginning of a WAV file; `undefined` while its sound has not begun. Throws `provider.protocol_error` for
 * anything else.
 */
export const readWavHeader = (bytes: Uint8Array): WavHeader | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nameAt = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  const isCut = (at: number): boolean => at > bytes.byteLength;
  if (isCut(12)) return undefined;
  if (nameAt(0) !== 'RIFF' || nameAt(8) !== 'WAVE') throw notWav('It does not begin as one.');

  let format: Format | undefined;
  for (let at = 12; !isCut(at + 8);) {
    const name = nameAt(at);
    const length = view.getUint32(at + 4, true);
    const from = at + 8;
    if (name === 'data') {
      if (format === undefined) throw notWav('Its sound comes before its format.');
      return {
        ...format,
        dataOffset: from,
        dataBytes: length === 0 || length >= unknownFrom ? undefined : length,
      };
    }
    if (from + length > largestHeaderBytes) throw notWav('Its sound begins too late.');
    if (isCut(from + length)) return undefined;
    if (name === 'fmt ') {
      if (length < 16) throw notWav('Its format is too short.');
      format = readFormat(view, from);
    }
    // Each part begins at an even place.
    at = from + length + (length % 2);
  }
  return undefined;
};

const join = (one: Uint8Array, other: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(one.byteLength + other.byteLength);
  joined.set(one);
  joined.set(other, one.byteLength);
  return joined;
};

/** The sound itself: what comes after it in the file is left out. */
async function* soundOf(
  start: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
  { dataBytes = Number.POSITIVE_INFINITY }: WavHeader,
): AsyncGenerator<Uint8Array, void> {
  let left = dataBytes;
  const take = (bytes: Uint8Array): Uint8Array => {
    const taken = bytes.subarray(0, Math.min(left, bytes.byteLength));
    left -= taken.byteLength;
    return taken;
  };
  yield take(start);
  for await (const bytes of rest) yield take(bytes);
  if (left > 0 && Number.isFinite(left)) throw notWav('It is shorter than it says.');
}

/**
 * A mono WAV body of 16 bits, however its bytes are cut, as samples at the engine's rate, in runs of 200 ms at most.
 * Its length may be unknown. Throws `provider.protocol_error` for any other kind of sound and where it is cut short.
 */
export async function* wavFrames(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Pcm, void> {
  const pieces = bytes[Symbol.asyncIterator]();
  const rest: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => pieces };
  let start: Uint8Array = new Uint8Array(0);
  let header: WavHeader | undefined;
  try {
    while (header === undefined) {
      const piece = await pieces.next();
      if (piece.done === true) throw notWav('It ends before its sound begins.');
      start = join(start, piece.value);
      header = readWavHeader(start);
    }
    const { encoding, channels, sampleRateHz, dataOffset } = header;
    if (encoding === 'other' || channels !== 1 || sampleRateHz === 0) {
      throw notWav('It holds something else than one channel of 16 bits.');
    }
    const sound = soundOf(start.subarray(dataOffset), rest, header);
    yield* wholeFrames(sound, { encoding, sampleRateHz, channels });
  } finally {
    await pieces.return?.();
  }
}
