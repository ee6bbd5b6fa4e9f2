import {
  type SpeechControl,
  type SpeechOutput,
  type TtsAdapter,
  type UsageRecord,
  neutralControls,
  pcmBytes,
} from '@tth/core/plugin';
import { createInferContext } from './inference-context.ts';

const { personaId: _, ...character } = neutralControls.character;

/** How a voice speaks that nobody told how to. */
export const neutralSpeech: SpeechControl = { ...character, emotion: neutralControls.emotion };

export interface HearOptions {
  /** `Good morning to you.` by default. */
  readonly text?: string;
  /** What is not neutral. */
  readonly control?: Partial<SpeechControl>;
  readonly signal?: AbortSignal;
  /** Called with each output. */
  readonly on?: (output: SpeechOutput) => void;
}

/** A sentence that was spoken. */
export interface Heard {
  readonly outputs: readonly SpeechOutput[];
  readonly samples: number;
  readonly pcm: Int16Array;
  readonly words: SpeechOutput['words'];
  readonly usage: readonly UsageRecord[];
}

/** Has a sentence spoken to its end. */
export const hear = async (
  voice: Pick<TtsAdapter, 'inferStream'>,
  { text = 'Good morning to you.', control = {}, signal, on = () => {} }: HearOptions = {},
): Promise<Heard> => {
  const context = createInferContext(signal && { signal });
  const input = { text, previousText: '', nextText: '' };
  const outputs: SpeechOutput[] = [];
  for await (const output of voice.inferStream(input, { ...neutralSpeech, ...control }, context)) {
    outputs.push(output);
    on(output);
  }
  const bytes = new Uint8Array(Buffer.concat(outputs.map(({ pcm }) => pcmBytes(pcm))));
  const pcm = new Int16Array(bytes.buffer);
  const words = outputs.flatMap((output) => output.words);
  return { outputs, samples: pcm.length, pcm, words, usage: context.usageRecords };
};

/** Has a voice that was just started speak one sentence, and closes it. */
export const hearOnce = async (
  started: Promise<{ readonly adapter: Pick<TtsAdapter, 'inferStream'>; close(): Promise<void> }>,
  options?: HearOptions,
): Promise<Heard> => {
  const { adapter, close } = await started;
  try {
    return await hear(adapter, options);
  } finally {
    await close();
  }
};
