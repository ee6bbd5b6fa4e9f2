import { type HttpResponse, type Pcm, TthError, wholeFrames } from '@tth/core/plugin';
import { createByteSource, readAtLeast } from './speech-bytes.ts';
import { isWav, readWav } from './speech-wav.ts';

/** Enough to know a WAV and the compressed formats by. */
const tellingBytes = 12;
const compressedMarks = ['ID3', 'OggS', 'fLaC'];

/** The first frame of an MP3: sync, layer III. Sound that begins so is told from samples by the label beside it. */
const beginsAsMp3 = ([first = 0, second = 0]: Uint8Array): boolean =>
  first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) === 0x02;

const isCompressed = (start: Uint8Array, contentType: string): boolean => {
  const text = String.fromCharCode(...start);
  if (compressedMarks.some((mark) => text.startsWith(mark))) return true;
  return contentType.startsWith('audio/mpeg') && beginsAsMp3(start);
};

/**
 * The sound of an answer at the engine's rate: a WAV by its header, anything else as samples of `sampleRateHz`, where
 * there may be such. The label alone decides nothing but that text is no sound: gateways label raw samples as MP3.
 */
export async function* readSound(
  response: HttpResponse,
  sampleRateHz: number | undefined,
): AsyncGenerator<Pcm, void> {
  const contentType = response.header('content-type') ?? '';
  if (/^(application\/json|text\/)/i.test(contentType)) {
    throw new TthError('provider.protocol_error', 'The provider answered with something else than sound.', {
      details: { contentType },
    });
  }
  const source = createByteSource(response.bytes());
  try {
    const start = await readAtLeast(source, tellingBytes);
    if (isCompressed(start, contentType)) {
      throw new TthError(
        'provider.format_mismatch',
        'The provider sent compressed sound in place of samples.',
        {
          details: { contentType },
        },
      );
    }
    if (sampleRateHz === undefined || isWav(start)) yield* readWav(source);
    else yield* wholeFrames(source.rest(), { encoding: 'pcm_s16le', sampleRateHz, channels: 1 });
  } finally {
    await source.close();
  }
}
