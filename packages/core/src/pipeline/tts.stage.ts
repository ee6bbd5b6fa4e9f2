import { Observable, type OperatorFunction, concatMap, tap } from 'rxjs';
import { TthError, toTthError } from '../domain/errors.ts';
import { type AudioChunk, type Pcm, type WordTiming, samplesToUs, usToSamples } from '../domain/media.ts';
import { createPlausibility } from '../domain/plausible-timings.ts';
import type { SpeechInput, SpeechOutput } from '../plugin/adapter.ts';
import type { Demand } from './demand.ts';
import { fromProvider } from './from-provider.ts';
import type { Relay } from './relay.ts';
import type { Sentence, SpeechSignal } from './signals.ts';
import { sliceChunk } from './slice-chunk.ts';
import { unspokenPart } from './unspoken.ts';
import { type SpeechRate, type WordTagger, createSpeechRate, createWordTagger } from './word-tagger.ts';

const silence: Pcm = new Int16Array(0);

/** A voice that may be asked in this turn. */
export interface Voice {
  readonly id: string;
  /** It says itself when each word is spoken; otherwise that is estimated from text and sound. */
  readonly timesWords: boolean;
  readonly synthesize: (
    input: SpeechInput,
    sentence: Sentence,
    attempt: number,
    signal: AbortSignal,
  ) => AsyncIterable<SpeechOutput>;
}

export interface TtsStageDeps {
  readonly voices: Relay<Voice>;
  readonly demand: Demand;
  /** Sound that the turn has already, in samples; 0 by default. */
  readonly startSample?: number;
}

/**
 * Sentences to speech on the turn's clock, one sentence at a time and in order: speech must not overtake
 * itself. Each sentence closes, once, with an empty chunk that carries `sentenceEnd`. When the voice fails the
 * next one says what is left: from the next word where word timings were measured, else the sentence once
 * more, after a `rewind` that takes back what came of it. Words of a voice that does not time them are estimated.
 */
export const ttsStage = ({
  voices,
  demand,
  startSample = 0,
}: TtsStageDeps): OperatorFunction<Sentence, SpeechSignal> => {
  /** Sound of the turn so far, in samples. */
  let samples = startSample;
  const known: string[] = [];
  /** How fast each voice speaks, learnt over the turn. */
  const rates = new Map<string, SpeechRate>();
  const taggerFor = ({ id, timesWords }: Voice, text: string): WordTagger | undefined => {
    if (timesWords) return undefined;
    const rate = rates.get(id) ?? createSpeechRate();
    rates.set(id, rate);
    return createWordTagger(text, rate);
  };

  const speak = ({ sentence, text: wholeText, controls }: Sentence): Observable<SpeechSignal> =>
    new Observable((subscriber) => {
      const emit = (output: Partial<SpeechOutput>, startUs: number, sentenceEnd: boolean): void => {
        const ptsUs = samplesToUs(samples);
        const { pcm = silence, words = [], phonemes = [], timing = 'measured' } = output;
        samples += pcm.length;
        const onTurn = <Timed extends { readonly startUs: number }>(each: Timed): Timed => ({
          ...each,
          startUs: each.startUs + startUs,
        });
        const chunk: AudioChunk = {
          sentence,
          sentenceEnd,
          ptsUs,
          durationUs: samplesToUs(samples) - ptsUs,
          pcm,
          words: words.map(onTurn),
          phonemes: phonemes.map(onTurn),
          timing,
        };
        for (const part of sliceChunk(chunk)) subscriber.next({ type: 'audio', chunk: part });
      };
      const finish = (output: Partial<SpeechOutput> = {}, startUs = 0): void => {
        emit(output, startUs, true);
        subscriber.complete();
      };

      const say = (text: string, previousText: string): void => {
        const firstSample = samples;
        const startUs = samplesToUs(firstSample);
        const measured: WordTiming[] = [];
        const voice = voices.current;
        const [isWord, isPhoneme] = [createPlausibility(), createPlausibility()];
        const tagger = taggerFor(voice, text);

        const fail = (error: unknown): void => {
          const failure = toTthError(error, 'plugin.error', 'The voice failed in an unexpected way.');
          const left = unspokenPart(text, measured, samplesToUs(samples - firstSample));
          if (left.text === '') {
            finish();
            return;
          }
          if (!voices.takeOver(failure)) {
            subscriber.error(failure);
            return;
          }
          const resumeAt = firstSample + usToSamples(left.fromUs);
          if (resumeAt < samples) {
            samples = resumeAt;
            subscriber.next({ type: 'rewind', sentence, toUs: samplesToUs(resumeAt) });
          }
          const spoken = text.slice(0, text.length - left.text.length);
          say(left.text, spoken === '' ? previousText : spoken);
        };

        const input: SpeechInput = { text, previousText, nextText: known[sentence + 1] ?? '' };
        subscriber.add(
          fromProvider(
            (signal) => voice.synthesize(input, { sentence, text, controls }, voices.attempt, signal),
            demand,
          ).subscribe({
            next: (output) => {
              const words = output.words.filter(isWord);
              const phonemes = output.phonemes.filter(isPhoneme);
              if (tagger !== undefined) {
                emit(
                  { ...output, words: tagger.add(output.pcm), phonemes, timing: 'estimated' },
                  startUs,
                  false,
                );
                return;
              }
              if (output.timing === 'measured') measured.push(...words);
              emit({ ...output, words, phonemes }, startUs, false);
            },
            error: fail,
            complete: () => {
              if (samples > firstSample) {
                if (tagger === undefined) finish();
                else finish({ words: tagger.end(), timing: 'estimated' }, startUs);
              } else
                fail(new TthError('provider.protocol_error', 'The voice returned no sound for a sentence.'));
            },
          }),
        );
      };
      say(wholeText, known[sentence - 1] ?? '');
    });

  return (sentences) =>
    sentences.pipe(
      tap(({ sentence, text }) => (known[sentence] = text)),
      concatMap(speak),
    );
};
