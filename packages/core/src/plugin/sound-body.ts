import { TthError } from '../domain/errors.ts';
import { type Pcm, sampleRateHz } from '../domain/media.ts';
import type { HttpResponse } from './http.ts';
import { wavFrames } from './wav.ts';
import { type RawAudio, wholeFrames } from './whole-frames.ts';

/** Passes sound on. Throws `provider.protocol_error` where it ends without a single sample. */
export async function* someSound(frames: AsyncIterable<Pcm>): AsyncGenerator<Pcm, void> {
  let isHeard = false;
  for await (const pcm of frames) {
    isHeard ||= pcm.length > 0;
    yield pcm;
  }
  if (!isHeard) throw new TthError('provider.protocol_error', 'The provider answered without any sound.');
}

/**
 * The sound of an answer as samples at the engine's rate, in runs of 200 ms at most: a WAV file where the answer
 * says that it is one, else raw sound as `audio` describes it. Throws `provider.protocol_error` where there is none.
 */
export const soundFrames = (
  response: Pick<HttpResponse, 'bytes' | 'header'>,
  audio: RawAudio = { encoding: 'pcm_s16le', sampleRateHz, channels: 1 },
): AsyncGenerator<Pcm, void> => {
  const contentType = response.header('content-type') ?? '';
  const isWav = /^audio\/(x-|vnd\.)?wave?\b/i.test(contentType);
  return someSound(isWav ? wavFrames(response.bytes()) : wholeFrames(response.bytes(), audio));
};
