import { TthError } from '../../domain/errors.ts';
import { samplesToUs } from '../../domain/media.ts';
import { createPlausibility } from '../../domain/plausible-timings.ts';
import type { SpeechOutput } from '../../plugin/adapter.ts';
import type { Layer } from './layer.ts';

/** Sound that is compared at a time. Less than half a second of sound at a wrong speed gets through. */
const windowUs = 400_000;
/** The share by which a provider's own times may differ from the number of its samples. */
const tolerance = 0.05;
/** Words may be said to end this much after the sound. */
const wordsBeyondUs = 500_000;

const mismatch = (declaredUs: number, soundUs: number): TthError =>
  new TthError('provider.format_mismatch', 'The sound has another sample rate than was agreed.', {
    details: { declaredMs: Math.round(declaredUs / 1000), soundMs: Math.round(soundUs / 1000) },
  });

/**
 * Fails a voice whose sound is faster or slower than the voice itself says. Evidence are the durations that
 * it declares, compared before the sound passes; without them measured words, at the end of the sentence:
 * words that end long after the last sample were spoken in sound of a lower rate.
 */
export const soundRate: Layer<SpeechOutput> = () => {
  const isPlausible = createPlausibility();
  let samples = 0;
  let wordsEndUs = 0;
  let windowSamples = 0;
  let declaredUs = 0;
  const compare = (): void => {
    const soundUs = samplesToUs(windowSamples);
    if (Math.abs(declaredUs - soundUs) > soundUs * tolerance) throw mismatch(declaredUs, soundUs);
  };
  return {
    item: (output) => {
      samples += output.pcm.length;
      if (output.timing === 'measured') {
        for (const word of output.words) {
          if (isPlausible(word)) wordsEndUs = Math.max(wordsEndUs, word.startUs + word.durationUs);
        }
      }
      if (output.declaredUs === undefined) return;
      windowSamples += output.pcm.length;
      declaredUs += output.declaredUs;
      if (Math.max(declaredUs, samplesToUs(windowSamples)) < windowUs) return;
      compare();
      windowSamples = 0;
      declaredUs = 0;
    },
    check: () => {
      const soundUs = samplesToUs(samples);
      if (wordsEndUs > soundUs * (1 + tolerance) + wordsBeyondUs) throw mismatch(wordsEndUs, soundUs);
    },
  };
};
