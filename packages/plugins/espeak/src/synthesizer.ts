import loadModule, { type EspeakEvent, type EspeakModule } from '@echogarden/espeak-ng-emscripten';
import { maxPartLength } from './text.ts';
import type { SpeakRequest } from './wire.ts';

/** Called with about 100 ms of sound at 22,050 Hz and the events in it; `true` ends the run. */
export type OnSound = (sound: Int16Array, events: readonly EspeakEvent[]) => boolean;

/** One espeak-ng. A run blocks its thread. */
export interface Synthesizer {
  speak(request: SpeakRequest, onSound: OnSound): void;
}

/**
 * The memory in use, to be put back before each run. espeak-ng carries the phase of its noise and of its tremor from one
 * run to the next; from one image, the same request makes the same bytes, whatever was spoken before.
 */
const takeImage = ({ HEAPU8 }: EspeakModule): Uint8Array => {
  let used = HEAPU8.length;
  while (used > 0 && HEAPU8[used - 1] === 0) used--;
  return HEAPU8.slice(0, used);
};

/** Loads espeak-ng and its dictionaries: about 60 ms and 60 MB. */
export const loadSynthesizer = async (): Promise<Synthesizer> => {
  const module = await loadModule();
  const espeak = new module.eSpeakNGWorker();
  // Makes the buffer for arguments, whose address lives outside the image, as large as it will ever have to be.
  const longest = '.'.repeat(maxPartLength * 4);
  for (let round = 0; round < 2; round++) espeak.synthesize(longest, () => false);
  const image = takeImage(module);

  return {
    speak: ({ text, voice, wordsPerMinute, pitch, range, volume }, onSound) => {
      module.HEAPU8.set(image);
      if (espeak.set_voice(voice) !== 0) throw new Error(`espeak-ng has no voice ${voice}`);
      espeak.set_rate(wordsPerMinute);
      espeak.set_pitch(pitch);
      espeak.set_range(range);
      espeak.set_volume(volume);
      espeak.synthesize(text, onSound);
    },
  };
};
