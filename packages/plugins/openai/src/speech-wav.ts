import { type Pcm, TthError, wholeFrames } from '@tth/core/plugin';
import { type ByteSource, readAtLeast } from './speech-bytes.ts';
import { soundless } from './speech-errors.ts';

/** What a WAV says of itself before its sound begins. */
export interface WavFormat {
  readonly sampleRateHz: number;
  /** Bytes of sound; `undefined` where whoever streams it did not know yet. */
  readonly byteLength: number | undefined;
}

/** A header with its extra chunks; pictures and the like are not expected in speech. */
const largestHeader = 65_536;
const riffBytes = 12;
const chunkHeaderBytes = 8;
/** Sizes from here on are what encoders write who cannot know yet. */
const unknownFrom = 0x7fff_0000;
const pcmFormat = 1;
const extensibleFormat = 0xfffe;

const tagAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Whether sound begins as a WAV does. */
export const isWav = (bytes: Uint8Array): boolean =>
  bytes.byteLength >= riffBytes && tagAt(bytes, 0) === 'RIFF' && tagAt(bytes, 8) === 'WAVE';

const broken = (reason: string): TthError =>
  new TthError('provider.protocol_error', 'The sound of the provider is no WAV that can be read.', {
    details: { reason },
  });

const readFormat = (chunk: Uint8Array): number => {
  if (chunk.byteLength < 16) throw broken('format');
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const format = view.getUint16(0, true);
  const encoding = format === extensibleFormat && chunk.byteLength >= 26 ? view.getUint16(24, true) : format;
  const [channels, sampleRateHz, bits] = [
    view.getUint16(2, true),
    view.getUint32(4, true),
    view.getUint16(14, true),
  ];
  const isSpeech = encoding === pcmFormat && channels === 1 && bits === 16;
  if (!isSpeech || sampleRateHz < 4_000 || sampleRateHz > 192_000) {
    throw new TthError(
      'provider.format_mismatch',
      'The sound is not 16-bit samples of one channel at a rate that speech has.',
      { details: { encoding, channels, bits, sampleRateHz } },
    );
  }
  return sampleRateHz;
};

/** Reads a header up to the first byte of sound; chunks that are neither format nor sound are skipped. */
export const readWavHeader = async (source: ByteSource): Promise<WavFormat> => {
  const start = await readAtLeast(source, riffBytes);
  if (start.byteLength === 0) throw soundless();
  if (!isWav(start)) throw broken('header');
  source.skip(riffBytes);
  let sampleRateHz: number | undefined;
  for (let skipped = riffBytes; skipped <= largestHeader;) {
    const header = await readAtLeast(source, chunkHeaderBytes);
    if (header.byteLength < chunkHeaderBytes) throw broken('truncated');
    const name = tagAt(header, 0);
    const length = new DataView(header.buffer, header.byteOffset).getUint32(4, true);
    source.skip(chunkHeaderBytes);
    if (name === 'data') {
      if (sampleRateHz === undefined) throw broken('no format before the sound');
      return { sampleRateHz, byteLength: length === 0 || length >= unknownFrom ? undefined : length };
    }
    if (length > largestHeader) throw broken('header too large');
    // Chunks begin at even places.
    const padded = length + (length % 2);
    const body = await readAtLeast(source, padded);
    if (body.byteLength < padded) throw broken('truncated');
    if (name === 'fmt ') sampleRateHz = readFormat(body.subarray(0, length));
    source.skip(padded);
    skipped += chunkHeaderBytes + padded;
  }
  throw broken('header too large');
};

/** The sound of a WAV and nothing behind it. Throws where it ends before the length that it declared. */
async function* soundBytes(source: ByteSource, byteLength: number | undefined): AsyncGenerator<Uint8Array> {
  let left = byteLength ?? Number.POSITIVE_INFINITY;
  for await (const chunk of source.rest()) {
    const taken = chunk.subarray(0, Math.min(chunk.byteLength, left));
    left -= taken.byteLength;
    if (taken.byteLength > 0) yield taken;
    if (left === 0) return;
  }
  if (byteLength !== undefined && left > 0) throw broken('truncated');
}

/** A WAV of 16-bit mono samples as it comes, at the engine's rate. */
export async function* readWav(source: ByteSource): AsyncGenerator<Pcm, void> {
  const { sampleRateHz, byteLength } = await readWavHeader(source);
  yield* wholeFrames(soundBytes(source, byteLength), { encoding: 'pcm_s16le', sampleRateHz, channels: 1 });
}
