import type { SpeechOutput, TtsAdapter } from '@tth/core/plugin';
import { type HearOptions, type Heard, hear } from '@tth/testkit';

export const sentence = 'Good morning to you, and to all the others.';

/** Has a sentence spoken to its end. */
export const speak = (adapter: Pick<TtsAdapter, 'inferStream'>, options: HearOptions = {}): Promise<Heard> =>
  hear(adapter, { text: sentence, ...options });

/** All samples of some sound in one array. */
export const joined = (outputs: readonly SpeechOutput[]): readonly number[] =>
  outputs.flatMap(({ pcm }) => [...pcm]);
