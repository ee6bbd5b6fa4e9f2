import { type SpeechOutput, TthError, type WordTiming, samplesToUs, wholeFrames } from '@tth/core/plugin';
import { createWordReader } from './alignment.ts';
import type { Model } from './models.ts';
import type { Frame } from './wire.ts';

const toUs = (bytes: number): number => samplesToUs(Math.floor(bytes / Int16Array.BYTES_PER_ELEMENT));

/** Frames of one sentence as speech. Throws `provider.protocol_error` where they hold no sound at all. */
export async function* toSpeech(
  frames: AsyncIterable<Frame>,
  text: string,
  { tags }: Pick<Model, 'tags'>,
  signal: AbortSignal,
): AsyncGenerator<SpeechOutput, void> {
  const reader = createWordReader(text, tags);
  const told: WordTiming[] = [];
  let received = 0;

  async function* sound(): AsyncGenerator<Uint8Array, void> {
    for await (const { audio, alignment } of frames) {
      const beforeUs = toUs(received);
      received += audio.byteLength;
      told.push(...reader.read(alignment, beforeUs, toUs(received)));
      if (audio.byteLength > 0) yield audio;
    }
  }

  for await (const pcm of wholeFrames(sound())) {
    if (signal.aborted) return;
    yield { pcm, words: told.splice(0), phonemes: [], timing: 'measured' };
  }
  if (signal.aborted) return;
  const late = [...told, ...reader.rest(toUs(received))];
  if (late.length > 0) yield { pcm: new Int16Array(0), words: late, phonemes: [], timing: 'measured' };
  if (received === 0) {
    throw new TthError('provider.protocol_error', 'ElevenLabs answered without sound.');
  }
}
