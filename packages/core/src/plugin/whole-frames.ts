import { TthError } from '../domain/errors.ts';
import { type Pcm, largestItemBytes, sampleRateHz } from '../domain/media.ts';
import { tooLarge } from './lines.ts';
import { createResampler } from './resampler.ts';

/** Raw sound of a provider: the only kind that needs no decoder. */
export interface RawAudio {
  readonly encoding: 'pcm_s16le';
  readonly sampleRateHz: number;
  readonly channels: 1;
}

const bytesPerSample = 2;
/** A fifth of a second: connections bring more at a time than should be taken at once. */
const longestRun = sampleRateHz / 5;

function* inRuns(pcm: Pcm): Generator<Pcm, void> {
  for (let from = 0; from < pcm.length; from += longestRun) yield pcm.subarray(from, from + longestRun);
}

/**
 * Raw sound, however its bytes are cut, as samples at the engine's rate, in runs of 200 ms at most. Throws `provider.protocol_error`
 * where the sound ends in the middle of a sample or a piece is larger than 1 MiB.
 */
export async function* wholeFrames(
  bytes: AsyncIterable<Uint8Array>,
  audio: RawAudio = { encoding: 'pcm_s16le', sampleRateHz, channels: 1 },
): AsyncGenerator<Pcm, void> {
  const resampler = createResampler(audio.sampleRateHz);
  let odd = new Uint8Array(0);
  for await (const chunk of bytes) {
    if (chunk.byteLength > largestItemBytes) throw tooLarge();
    const joined = new Uint8Array(odd.byteLength + chunk.byteLength);
    joined.set(odd);
    joined.set(chunk, odd.byteLength);
    const samples = Math.floor(joined.byteLength / bytesPerSample);
    odd = joined.slice(samples * bytesPerSample);
    yield* inRuns(resampler.push(new Int16Array(joined.buffer, 0, samples)));
  }
  yield* inRuns(resampler.flush());
  if (odd.byteLength > 0) {
    throw new TthError('provider.protocol_error', 'The sound ends in the middle of a sample.');
  }
}
