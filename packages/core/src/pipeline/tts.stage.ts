import { Observable, type OperatorFunction, concatMap, tap } from 'rxjs';
import { TthError, toTthError } from '../domain/errors.ts';
import { type AudioChunk, type Pcm, type WordTiming, samplesToUs, usToSamples } from '../domain/media.ts';
import { usToMs } from '../domain/time.ts';
import { createPlausibility } from '../domain/plausible-timings.ts';
import type { SpeechInput, SpeechOutput } from '../plugin/adapter.ts';
import type { Demand } from './demand.ts';
import { fromProvider } from './from-provider.ts';
import type { Relay } from './relay.ts';
import type { Sentence, SpeechSignal } from './signals.ts';
import { sliceChunk } from './slice-chunk.ts';
import { type SpokenText, asWritten } from './speech-text/spoken-text.ts';
import { createWrittenWords } from './speech-text/written-words.ts';
import { unspokenPart } from './unspoken.ts';
import { type SpeechRate, type WordTagger, createSpeechRate, createWordTagger } from './word-tagger.ts';

const silence: Pcm = new Int16Array(0);

/** A sample no louder than this counts as silence: 0.2 % of full scale. */
const quiet = 64;

/** Samples of silence at the end of a run of sound. */
const quietEnd = (pcm: Pcm): number =>
  pcm.length - 1 - pcm.findLastIndex((sample) => sample > quiet || sample < -quiet);

/** A voice that may be asked in this turn. */
export interface Voice {
  readonly id: string;
  /** It says itself when each word is spoken; otherwise that is estimated from text and sound. */
  readonly timesWords: boolean;
  /** What the voice is given for a text. Absent: the text as it is written. */
  readonly toSpoken?: ((text: string) => SpokenText) | undefined;
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
  /** How much of a pause is left out, in milliseconds, because the listener waited longer than was planned. */
  readonly trimPause?: (pauseMs: number) => number;
}

/**
 * Sentences to speech on the turn's clock, one sentence at a time and in order: speech must not overtake
 * itself. A sentence begins with the silence of its plan, less what was silent before it, and closes, once, with
 * an empty chunk that carries `sentenceEnd`. Words are those that were written, whatever the voice reads for
 * them. When the voice fails the
 * next one says what is left: from the next word where word timings were measured, else the sentence once
 * more, after a `rewind` that takes back what came of it. Words of a voice that does not time them are estimated.
 */
export const ttsStage = ({
  voices,
  demand,
  startSample = 0,
  trimPause = () => 0,
}: TtsStageDeps): OperatorFunction<Sentence, SpeechSignal> => {
  /** Sound of the turn so far, in samples. */
  let samples = startSample;
  /** Silence at its end, in samples. */
  let quietSamples = 0;
  const known: string[] = [];
  /** How fast each voice speaks, learnt over the turn. */
  const rates = new Map<string, SpeechRate>();
  const taggerFor = ({ id, timesWords }: Voice, text: string): WordTagger | undefined => {
    if (timesWords) return undefined;
    const rate = rates.get(id) ?? createSpeechRate();
    rates.set(id, rate);
    return createWordTagger(text, rate);
  };

  const speak = (whole: Sentence): Observable<SpeechSignal> =>
    new Observable((subscriber) => {
      const { sentence, contour, emphasis } = whole;
      const emit = (
        output: Partial<SpeechOutput>,
        startUs: number,
        { sentenceEnd = false, isPause = false } = {},
      ): void => {
        const ptsUs = samplesToUs(samples);
        const { pcm = silence, words = [], phonemes = [], timing = 'measured' } = output;
        samples += pcm.length;
        const silentSamples = quietEnd(pcm);
        quietSamples = silentSamples === pcm.length ? quietSamples + silentSamples : silentSamples;
        const onTurn = <Timed extends { readonly startUs: number }>(each: Timed): Timed => ({
          ...each,
          startUs: each.startUs + startUs,
        });
        const chunk: AudioChunk = {
          sentence,
          sentenceEnd,
          isPause,
          ptsUs,
          durationUs: samplesToUs(samples) - ptsUs,
          pcm,
          words: words.map(onTurn),
          phonemes: phonemes.map(onTurn),
          timing,
        };
        for (const part of sliceChunk(chunk)) subscriber.next({ type: 'audio', chunk: part });
      };
      const pause = (): void => {
        const missing = usToSamples(whole.pauseBeforeMs * 1_000) - quietSamples;
        if (missing <= 0) return;
        const trimmed = usToSamples(trimPause(usToMs(samplesToUs(missing))) * 1_000);
        if (missing > trimmed) emit({ pcm: new Int16Array(missing - trimmed) }, 0, { isPause: true });
      };
      const finish = (output: Partial<SpeechOutput> = {}, startUs = 0): void => {
        emit(output, startUs, { sentenceEnd: true });
        subscriber.complete();
      };

      const say = (text: string, previousText: string): void => {
        const firstSample = samples;
        const startUs = samplesToUs(firstSample);
        const measured: WordTiming[] = [];
        const voice = voices.current;
        const [isWord, isPhoneme] = [createPlausibility(), createPlausibility()];
        const toSpoken = voice.toSpoken ?? asWritten;
        const spokenText = toSpoken(text);
        const written = createWrittenWords(spokenText);
        const tagger = taggerFor(voice, spokenText.text);
        const nextText = known[sentence + 1] ?? '';

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
            quietSamples = 0;
            subscriber.next({ type: 'rewind', sentence, toUs: samplesToUs(resumeAt) });
          }
          const spoken = text.slice(0, text.length - left.text.length);
          say(left.text, spoken === '' ? previousText : spoken);
        };

        const input: SpeechInput = {
          text: spokenText.text,
          previousText: toSpoken(previousText).text,
          nextText: toSpoken(nextText).text,
          contour,
          emphasis,
        };
        subscriber.add(
          fromProvider(
            (signal) => voice.synthesize(input, { ...whole, text }, voices.attempt, signal),
            demand,
          ).subscribe({
            next: (output) => {
              const phonemes = output.phonemes.filter(isPhoneme);
              const timing = tagger === undefined ? output.timing : 'estimated';
              const words = written.push(tagger?.add(output.pcm) ?? output.words.filter(isWord));
              if (timing === 'measured') measured.push(...words);
              emit({ ...output, words, phonemes, timing }, startUs);
            },
            error: fail,
            complete: () => {
              if (samples > firstSample) {
                const words = [...written.push(tagger?.end() ?? []), ...written.flush()];
                finish({ words, timing: tagger === undefined ? 'measured' : 'estimated' }, startUs);
              } else
                fail(new TthError('provider.protocol_error', 'The voice returned no sound for a sentence.'));
            },
          }),
        );
      };
      pause();
      say(whole.text, known[sentence - 1] ?? '');
    });

  return (sentences) =>
    sentences.pipe(
      tap(({ sentence, text }) => (known[sentence] = text)),
      concatMap(speak),
    );
};
