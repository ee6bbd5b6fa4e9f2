import { availableParallelism } from 'node:os';
import {
  defineTts,
  type Health,
  samplesToUs,
  type SpeechControl,
  type SpeechOutput,
  TthError,
} from '@tth/core/plugin';
import * as z from 'zod';
import { createPool, type PoolStatus } from './pool.ts';
import { basicEmotions, prosodyFor, prosodyMap, standIns } from './prosody.ts';
import { pauseAfterMs, splitText } from './text.ts';
import { primaryTags, resolveLanguage, resolveVariant, voiceNames } from './voices.ts';
import type { SpeakRequest, SpokenPiece } from './wire.ts';

const defaultWorkers = (): number => Math.max(1, Math.min(2, availableParallelism() - 1));

const espeakOptions = z.strictObject({
  /** Worker threads, about 80 MB each. One speaks some hundred times faster than real time. */
  workers: z.int().min(1).max(64).default(defaultWorkers),
  /** The voice of a persona that names none. */
  defaultVoice: z.enum(voiceNames).default('ava'),
});

/** One request per part of the text; the voice's settings are the same in all of them. */
const requestsFor = (text: string, control: SpeechControl, defaultVoice: string): SpeakRequest[] => {
  const spoken = resolveLanguage(control.language);
  const voice = `${spoken}+${resolveVariant(control.voice ?? defaultVoice)}`;
  const prosody = prosodyFor(control, control.emotion);
  const parts = splitText(text);
  return parts.map((part, at) => ({
    ...prosody,
    text: part,
    language: spoken.split('-')[0]!,
    voice,
    pauseMs: (pauseAfterMs(part, at === parts.length - 1) * 175) / prosody.wordsPerMinute,
  }));
};

const later = <T extends { readonly startUs: number }>(timings: readonly T[], byUs: number): T[] =>
  timings.map((timing) => ({ ...timing, startUs: timing.startUs + byUs }));

const outputAt = ({ pcm, words, phonemes }: SpokenPiece, partStartUs: number): SpeechOutput => ({
  pcm,
  words: later(words, partStartUs),
  phonemes: later(phonemes, partStartUs),
  timing: 'measured',
});

const healthOf = ({ workers, busy, waiting, lastFailure, closed }: PoolStatus): Health => {
  if (closed) return { status: 'down', detail: 'The voice has been closed.' };
  const detail = `${busy} of ${workers} workers speak, ${waiting} sentences wait.`;
  return lastFailure === undefined
    ? { status: 'ok', detail }
    : { status: 'degraded', detail: `The latest worker died. ${detail}` };
};

const warmupText = 'The quick brown fox jumps over the lazy dog, and then it goes home to sleep.';

/**
 * espeak-ng on this machine: no key, no network, over a hundred languages. `style` has no effect. Throws
 * `provider.rejected` for an unknown language or voice and for a text with nothing in it to say,
 * `provider.rate_limited` when hundreds of sentences wait, `provider.unavailable` when a worker dies.
 */
export const espeakTts = defineTts({
  id: 'espeak',
  options: espeakOptions,
  capabilities: {
    stage: 'tts',
    input: 'sentence',
    timings: { words: 'measured', phonemes: 'measured' },
    pausable: true,
    languages: primaryTags,
    voices: voiceNames,
    controls: {
      emotions: basicEmotions,
      standIns,
      rate: prosodyMap.rate.range,
      pitch: prosodyMap.pitch.range,
      volume: prosodyMap.volume.range,
    },
    map: prosodyMap,
  },
  create: ({ workers, defaultVoice }) => {
    const pool = createPool(workers);

    return {
      async *inferStream({ text }, control, context) {
        let madeSamples = 0;
        for (const request of requestsFor(text, control, defaultVoice)) {
          context.usage({ unit: 'characters', amount: request.text.length });
          const partStartUs = samplesToUs(madeSamples);
          for await (const piece of pool.speak(request, context.signal)) {
            madeSamples += piece.pcm.length;
            yield outputAt(piece, partStartUs);
          }
          if (context.signal.aborted) return;
        }
        if (madeSamples === 0) {
          throw new TthError(
            'provider.rejected',
            'There is nothing to say in this text: give it a letter or a digit',
          );
        }
      },

      async warmup(signal) {
        const request: SpeakRequest = {
          ...prosodyFor({ rate: 1, pitch: 1, volume: 1 }, { label: 'neutral', intensity: 0 }),
          text: warmupText,
          language: 'en',
          voice: `en-us+${resolveVariant(defaultVoice)}`,
          pauseMs: 0,
        };
        const speakAll = async (): Promise<void> => {
          for await (const _ of pool.speak(request, signal));
        };
        await Promise.all(Array.from({ length: workers }, speakAll));
      },

      health: async () => healthOf(pool.status()),
      close: () => pool.close(),
    };
  },
});
