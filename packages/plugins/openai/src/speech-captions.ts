import {
  type HttpResponse,
  type SpeechOutput,
  type WordTiming,
  fromBase64,
  samplesToUs,
  wholeFrames,
} from '@tth/core/plugin';
import * as z from 'zod';
import { truncated } from './speech-errors.ts';

/** A line of `/dev/captioned_speech`; times are seconds from the start of the sentence. */
const captionedLine = z.object({
  audio: z.base64().default(''),
  timestamps: z.array(z.object({ word: z.string(), start_time: z.number(), end_time: z.number() })).nullish(),
});
type CaptionedLine = z.output<typeof captionedLine>;

const toUs = (seconds: number): number => Math.round(seconds * 1_000_000);
const lettersOf = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

/** The words of a line; punctuation is listed there too. */
const wordsOf = ({ timestamps }: CaptionedLine): WordTiming[] =>
  (timestamps ?? [])
    .filter(({ word }) => lettersOf(word) > 0)
    .map(({ word, start_time: start, end_time: end }) => ({
      text: word.trim(),
      startUs: toUs(start),
      durationUs: Math.max(0, toUs(end) - toUs(start)),
    }));

/** The server ends well after a part that it could not speak: less than this share of the letters is no end. */
const spokenShare = 0.5;

/** Sound with the times of its words, each word told with the run of sound in which it begins. */
export async function* readCaptions(
  response: HttpResponse,
  text: string,
  sampleRateHz: number,
  signal: AbortSignal,
): AsyncGenerator<SpeechOutput, void> {
  const waiting: WordTiming[] = [];
  let letters = 0;

  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    for await (const line of response.ndjson((value) => captionedLine.parse(value))) {
      const words = wordsOf(line);
      letters += words.reduce((sum, word) => sum + lettersOf(word.text), 0);
      waiting.push(...words);
      if (line.audio !== '') yield fromBase64(line.audio);
    }
  }
  const takeUntil = (us: number): WordTiming[] => {
    const later = waiting.findIndex(({ startUs }) => startUs >= us);
    return waiting.splice(0, later === -1 ? waiting.length : later);
  };

  let samples = 0;
  for await (const pcm of wholeFrames(bytes(), { encoding: 'pcm_s16le', sampleRateHz, channels: 1 })) {
    samples += pcm.length;
    yield { pcm, words: takeUntil(samplesToUs(samples)), phonemes: [], timing: 'measured' };
  }
  if (signal.aborted || samples === 0) return;
  if (waiting.length > 0) {
    yield { pcm: new Int16Array(0), words: waiting, phonemes: [], timing: 'measured' };
  }
  if (letters > 0 && letters < lettersOf(text) * spokenShare) throw truncated();
}
