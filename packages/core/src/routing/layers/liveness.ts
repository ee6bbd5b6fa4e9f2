import { TthError } from '../../domain/errors.ts';
import { sampleRateHz } from '../../domain/media.ts';
import type { LivenessPolicy } from '../../domain/policies.ts';
import type { LlmOutput, SpeechOutput } from '../../plugin/adapter.ts';
import type { Pace } from './circuit.ts';
import type { Layer } from './layer.ts';

/** Letters and digits: what a voice cannot leave out. */
const speakableLength = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

const isSilent = (pcm: Int16Array): boolean => pcm.every((sample) => sample === 0);

/**
 * Fails a voice that ends well but said nothing: no sound, nothing but zeros, or far less than its text
 * needs. Known at the end of the sentence, because quiet beginnings are normal.
 */
export const speechLiveness =
  (text: string, { minMsPerCharacter, minCharacters }: LivenessPolicy): Layer<SpeechOutput> =>
  () => {
    let samples = 0;
    let heard = false;
    return {
      item: ({ pcm }) => {
        samples += pcm.length;
        heard ||= !isSilent(pcm);
      },
      check: () => {
        const characters = speakableLength(text);
        if (characters === 0) return;
        if (!heard) {
          throw new TthError('provider.protocol_error', 'The voice returned silence for a sentence.');
        }
        const durationMs = (samples / sampleRateHz) * 1000;
        if (characters < minCharacters || durationMs >= characters * minMsPerCharacter) return;
        throw new TthError('provider.protocol_error', 'The speech is far too short for its text.', {
          details: { durationMs: Math.round(durationMs), characters },
        });
      },
    };
  };

/** Less speech than this says nothing about a voice's pace. */
const tellingMs = 400;
/** A voice that needs longer than its speech lasts makes the listener wait. */
const tolerance = 1.1;

/** Notes in `pace` that a voice is slower than its own speech. To be told what each piece after the first was waited for. */
export const speechPace = (pace: Pace): ((item: unknown, waitedMs: number) => void) => {
  let speechMs = 0;
  let neededMs = 0;
  return (item, waitedMs) => {
    speechMs += ((item as SpeechOutput).pcm.length / sampleRateHz) * 1000;
    neededMs += waitedMs;
    if (speechMs >= tellingMs && neededMs > speechMs * tolerance) pace.slow = true;
  };
};

/** Fails a model that ends well but said nothing and called no tool. */
export const replyLiveness: Layer<LlmOutput> = () => {
  let spoke = false;
  return {
    item: (output) => {
      spoke ||= isReply(output);
    },
    check: () => {
      if (!spoke) throw new TthError('provider.protocol_error', 'The model answered with no text.');
    },
  };
};

/** Whether an output of a model is part of an answer. */
export const isReply = (output: LlmOutput): boolean =>
  (output.type === 'text_delta' && output.text !== '') || output.type === 'tool_call';
