import { Observable, concatMap, endWith, map, type OperatorFunction } from 'rxjs';
import { type AudioChunk, type Pcm, samplesToUs } from '../domain/media.ts';
import { TthError } from '../domain/errors.ts';
import type { SpeechInput, SpeechOutput } from '../plugin/adapter.ts';
import type { Demand } from './demand.ts';
import { fromProvider } from './from-provider.ts';
import type { Sentence } from './signals.ts';
import { sliceChunk } from './slice-chunk.ts';

const silence: Pcm = new Int16Array(0);

export interface TtsStageDeps {
  readonly synthesize: (
    input: SpeechInput,
    sentence: Sentence,
    signal: AbortSignal,
  ) => AsyncIterable<SpeechOutput>;
  readonly demand: Demand;
}

/**
 * Sentences to speech on the turn's clock, one sentence at a time and in order: speech must not overtake
 * itself. Each sentence closes with an empty chunk that carries `sentenceEnd`.
 */
export const ttsStage = ({ synthesize, demand }: TtsStageDeps): OperatorFunction<Sentence, AudioChunk> => {
  let samples = 0;
  const known: string[] = [];
  return (sentences) =>
    new Observable<Sentence>((subscriber) =>
      sentences.subscribe({
        next: (sentence) => {
          known[sentence.sentence] = sentence.text;
          subscriber.next(sentence);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    ).pipe(
      concatMap((sentence) => {
        const startUs = samplesToUs(samples);
        const firstSample = samples;
        const input: SpeechInput = {
          text: sentence.text,
          previousText: known[sentence.sentence - 1] ?? '',
          nextText: known[sentence.sentence + 1] ?? '',
        };
        return fromProvider((signal) => synthesize(input, sentence, signal), demand).pipe(
          endWith(null),
          map((output): AudioChunk => {
            const ptsUs = samplesToUs(samples);
            if (output === null && samples === firstSample) {
              throw new TthError('provider.protocol_error', 'The voice returned no sound for a sentence.');
            }
            const pcm = output?.pcm ?? silence;
            samples += pcm.length;
            return {
              sentence: sentence.sentence,
              sentenceEnd: output === null,
              ptsUs,
              durationUs: samplesToUs(samples) - ptsUs,
              pcm,
              words: (output?.words ?? []).map((word) => ({ ...word, startUs: word.startUs + startUs })),
              phonemes: (output?.phonemes ?? []).map((each) => ({
                ...each,
                startUs: each.startUs + startUs,
              })),
              timing: output?.timing ?? 'measured',
            };
          }),
          concatMap(sliceChunk),
        );
      }),
    );
};
