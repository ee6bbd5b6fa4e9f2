import { type WordTiming, forgiveOne, sampleRateHz } from '@tth/core/plugin';
import * as z from 'zod';

const word = z.object({ text: z.string(), begin_time: z.number(), end_time: z.number() });

/** Everything the service says that is no sound. */
const serverEvent = z.object({
  header: z.object({
    event: z.string(),
    error_code: z.string().default(''),
  }),
  payload: z
    .object({
      output: z.object({ sentence: z.object({ words: z.array(word).default([]) }).nullish() }).nullish(),
      usage: z.object({ characters: z.number().min(0) }).nullish(),
    })
    .default({}),
});

/** What an event says, in our words. */
export interface TaskEvent {
  readonly name: string;
  readonly errorCode: string;
  readonly words: readonly WordTiming[];
  /** Of the task so far. */
  readonly characters: number | undefined;
}

const toUs = (ms: number): number => Math.round(ms * 1000);

const readEvent = (message: string): TaskEvent => {
  const { header, payload } = serverEvent.parse(JSON.parse(message));
  const words = (payload.output?.sentence?.words ?? []).map(({ text, begin_time, end_time }) => ({
    text,
    startUs: toUs(begin_time),
    durationUs: Math.max(0, toUs(end_time - begin_time)),
  }));
  return {
    name: header.event,
    errorCode: header.error_code,
    words,
    characters: payload.usage?.characters,
  };
};

/** Reads the events of one task. See `forgiveOne`. */
export const eventReader = (): ((message: string) => TaskEvent | undefined) => forgiveOne(readEvent);

/** What a task is run with, beside what is always the same. */
export type TaskParameters = Readonly<Record<string, unknown>>;

/** What we say, per task: it is started, given its text in one piece, and told that this was all. */
export const taskMessages = (taskId: string) => {
  const message = (action: string, payload: object): string =>
    JSON.stringify({ header: { action, task_id: taskId, streaming: 'duplex' }, payload });
  return {
    run: (model: string, parameters: TaskParameters): string =>
      message('run-task', {
        task_group: 'audio',
        task: 'tts',
        function: 'SpeechSynthesizer',
        model,
        parameters: { text_type: 'PlainText', format: 'pcm', sample_rate: sampleRateHz, ...parameters },
        input: {},
      }),
    text: (text: string): string => message('continue-task', { input: { text } }),
    finish: (): string => message('finish-task', { input: {} }),
  };
};
