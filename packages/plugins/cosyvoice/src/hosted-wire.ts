import { forgiveOne, sampleRateHz } from '@tth/core/plugin';
import * as z from 'zod';

/** Before a part of the text is done its words may be there without their times. */
const word = z.object({
  text: z.string(),
  begin_index: z.number().nullish(),
  begin_time: z.number().nullish(),
  end_time: z.number().nullish(),
});
const usage = z.object({ characters: z.number().min(0) }).nullish();

/** Everything the service says that is no sound. */
const serverEvent = z.object({
  header: z.object({
    event: z.string(),
    error_code: z.string().default(''),
  }),
  payload: z
    .object({
      output: z.object({ sentence: z.object({ words: z.array(word).nullish() }).nullish(), usage }).nullish(),
      usage,
    })
    .default({}),
});

/** A word as the service times it. */
export interface TimedWord {
  readonly text: string;
  /** Where it begins in the text, in characters; not every model says so. */
  readonly at: number | undefined;
  readonly beginMs: number;
  readonly endMs: number;
}

/** What an event says, in our words. */
export interface TaskEvent {
  readonly name: string;
  readonly errorCode: string;
  /** Those that have times. */
  readonly words: readonly TimedWord[];
  /** Of the task so far. */
  readonly characters: number | undefined;
}

const readWords = (words: readonly z.output<typeof word>[]): TimedWord[] =>
  words.flatMap(({ text, begin_index: at, begin_time: beginMs, end_time: endMs }) =>
    beginMs == null || endMs == null ? [] : [{ text, at: at ?? undefined, beginMs, endMs }],
  );

const readEvent = (message: string): TaskEvent => {
  const { header, payload } = serverEvent.parse(JSON.parse(message));
  return {
    name: header.event,
    errorCode: header.error_code,
    words: readWords(payload.output?.sentence?.words ?? []),
    characters: (payload.usage ?? payload.output?.usage)?.characters,
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
