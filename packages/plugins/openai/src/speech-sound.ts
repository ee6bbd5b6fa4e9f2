import { type HttpResponse, type Pcm, TthError, wavFrames, wholeFrames } from '@tth/core/plugin';

/** Enough to know a WAV and the compressed formats by. */
const tellingBytes = 12;
const compressedMarks = ['ID3', 'OggS', 'fLaC'];

const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const isWav = (start: Uint8Array): boolean => /^RIFF[^]{4}WAVE/.test(textOf(start.subarray(0, tellingBytes)));

/** The first frame of an MP3: sync, layer III. Samples may begin so too; the label beside it decides. */
const beginsAsMp3 = ([first = 0, second = 0]: Uint8Array): boolean =>
  first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) === 0x02;

const isCompressed = (start: Uint8Array, contentType: string): boolean => {
  const text = textOf(start.subarray(0, tellingBytes));
  if (compressedMarks.some((mark) => text.startsWith(mark))) return true;
  return contentType.startsWith('audio/mpeg') && beginsAsMp3(start);
};

/** The first pieces in one, as many as are needed for this many bytes; fewer only where the source ends. */
const readStart = async (pieces: AsyncIterator<Uint8Array>, byteLength: number): Promise<Uint8Array> => {
  let start: Uint8Array = new Uint8Array(0);
  while (start.byteLength < byteLength) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    const joined = new Uint8Array(start.byteLength + value.byteLength);
    joined.set(start);
    joined.set(value, start.byteLength);
    start = joined;
  }
  return start;
};

async function* from(start: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield start;
  yield* { [Symbol.asyncIterator]: () => pieces };
}

/**
 * The sound of an answer at the engine's rate: a WAV by its header, anything else as samples of `sampleRateHz`, where
 * there may be such. The label alone decides nothing but that text is no sound: gateways label raw samples as MP3.
 */
export async function* readSound(
  response: HttpResponse,
  sampleRateHz: number | undefined,
): AsyncGenerator<Pcm, void> {
  const contentType = response.header('content-type') ?? '';
  if (/^text\//i.test(contentType)) {
    throw new TthError('provider.protocol_error', 'The provider answered with something else than sound.', {
      details: { contentType },
    });
  }
  const pieces = response.bytes()[Symbol.asyncIterator]();
  try {
    const start = await readStart(pieces, tellingBytes);
    if (start.byteLength === 0) return;
    if (isCompressed(start, contentType)) {
      throw new TthError(
        'provider.format_mismatch',
        'The provider sent compressed sound in place of samples.',
        { details: { contentType } },
      );
    }
    const bytes = from(start, pieces);
    if (sampleRateHz === undefined || isWav(start)) yield* wavFrames(bytes);
    else yield* wholeFrames(bytes, { encoding: 'pcm_s16le', sampleRateHz, channels: 1 });
  } finally {
    await pieces.return?.();
  }
}
