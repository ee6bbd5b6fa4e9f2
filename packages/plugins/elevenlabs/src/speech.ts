import {
  type SpeechOutput,
  TthError,
  type WordTiming,
  sampleRateHz,
  samplesToUs,
  usToSamples,
  wholeFrames,
} from '@tth/core/plugin';
import { type WordReaderOptions, createWordReader } from './alignment.ts';
import type { Frame } from './wire.ts';

const toUs = (bytes: number): number => samplesToUs(Math.floor(bytes / Int16Array.BYTES_PER_ELEMENT));
const toBytes = (us: number): number => usToSamples(us) * Int16Array.BYTES_PER_ELEMENT;

/** More sound than this waits for no word: 500 ms. */
const mostHeldBytes = sampleRateHz;

/** Sound that waits for the end of its word, so that the word is told with it. */
const createHold = () => {
  let held = new Uint8Array(0);
  let passed = 0;
  return {
    /** What may go on now that this came, where a word that begins at `openUs` is not whole yet. */
    pass: (sound: Uint8Array, openUs: number | undefined): Uint8Array => {
      const all = new Uint8Array(held.byteLength + sound.byteLength);
      all.set(held);
      all.set(sound, held.byteLength);
      const whole = openUs === undefined ? all.byteLength : toBytes(openUs) - passed;
      // A sentence begins at once, with a part of its first word where that is all there is.
      const isHeld = passed + whole > 0 && all.byteLength - whole <= mostHeldBytes;
      const length = isHeld ? Math.min(all.byteLength, Math.max(0, whole)) : all.byteLength;
      held = all.slice(length);
      passed += length;
      return all.subarray(0, length);
    },
  };
};

export interface SpeechTraits extends WordReaderOptions {
  /** Times are of the text as it is spoken. Those of the text as it was sent jump where a dictionary changed a word. */
  readonly usesDictionaries: boolean;
}

/** Frames of one sentence as speech. Throws `provider.protocol_error` where they hold no sound at all. */
export async function* toSpeech(
  frames: AsyncIterable<Frame>,
  traits: SpeechTraits,
  signal: AbortSignal,
): AsyncGenerator<SpeechOutput, void> {
  const reader = createWordReader(traits);
  const hold = createHold();
  const told: WordTiming[] = [];
  let received = 0;

  async function* sound(): AsyncGenerator<Uint8Array, void> {
    for await (const { audio, alignment: sent, spokenAlignment } of frames) {
      const alignment = traits.usesDictionaries ? (spokenAlignment ?? sent) : (sent ?? spokenAlignment);
      const beforeUs = toUs(received);
      received += audio.byteLength;
      told.push(...reader.read(alignment, beforeUs, toUs(received)));
      const ready = hold.pass(audio, reader.openUs);
      if (ready.byteLength > 0) yield ready;
    }
    told.push(...reader.rest(toUs(received)));
    yield hold.pass(new Uint8Array(0), undefined);
  }

  for await (const pcm of wholeFrames(sound())) {
    if (signal.aborted) return;
    yield { pcm, words: told.splice(0), phonemes: [], timing: 'measured' };
  }
  if (signal.aborted) return;
  if (told.length > 0) yield { pcm: new Int16Array(0), words: told, phonemes: [], timing: 'measured' };
  if (received === 0) {
    throw new TthError('provider.protocol_error', 'ElevenLabs answered without sound.');
  }
}
