import {
  type SpeechControl,
  type SpeechOutput,
  type TtsAdapter,
  type UsageRecord,
  neutralControls,
} from '@tth/core/plugin';
import { createInferContext } from '@tth/testkit';

const { personaId: _, ...character } = neutralControls.character;
export const neutral: SpeechControl = { ...character, emotion: neutralControls.emotion };

export const sentence = 'Good morning to you, and to all the others.';

/** Has a sentence spoken to its end. */
export const speak = async (
  adapter: Pick<TtsAdapter, 'inferStream'>,
  {
    text = sentence,
    control = {},
    signal,
  }: { text?: string; control?: Partial<SpeechControl>; signal?: AbortSignal } = {},
): Promise<{ outputs: readonly SpeechOutput[]; samples: number; usage: readonly UsageRecord[] }> => {
  const context = createInferContext(signal === undefined ? {} : { signal });
  const input = { text, previousText: '', nextText: '' };
  const outputs: SpeechOutput[] = [];
  for await (const output of adapter.inferStream(input, { ...neutral, ...control }, context))
    outputs.push(output);
  const samples = outputs.reduce((sum, { pcm }) => sum + pcm.length, 0);
  return { outputs, samples, usage: context.usageRecords };
};

/** All samples of some sound in one array. */
export const joined = (outputs: readonly SpeechOutput[]): readonly number[] =>
  outputs.flatMap(({ pcm }) => [...pcm]);

/** Waits for something that events bring about. */
export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};
