import {
  type AdapterDeps,
  type InferContext,
  type Socket,
  type SpeechControl,
  type SpeechInput,
  type SpeechOutput,
  type TtsImplementation,
  writeControls,
  primaryTag,
} from '@tth/core/plugin';
import { hostedMap } from './capabilities.ts';
import { type Task, runTask } from './hosted-task.ts';
import type { TaskParameters } from './hosted-wire.ts';
import { type HostedOptions, voiceNamed } from './options.ts';

/** The vendor's own words for a feeling, which its voices obey to the letter. */
const feelingInWords = (label: string): string => `你说话的情感是${label}。`;

const instructionOf = (
  { emotion, style }: SpeechControl,
  { instructions }: HostedOptions,
): string | undefined => {
  if (instructions === 'none') return undefined;
  if (emotion.label !== 'neutral' && emotion.intensity >= 0.5) return feelingInWords(emotion.label);
  return instructions === 'free' ? style : undefined;
};

/** The controls as parameters of a task. */
const parametersFor = (control: SpeechControl, options: HostedOptions): TaskParameters => {
  const { languages, wordTimings } = options;
  const { rate, pitch, volume } = control;
  const voice = voiceNamed(control.voice, options).speaker;
  const instruction = instructionOf(control, options);
  const language = primaryTag(control.language);
  return {
    ...writeControls(hostedMap, { rate, pitch, volume, voice }),
    ...(instruction !== undefined && { instruction }),
    ...(languages.includes(language) && { language_hints: [language] }),
    ...(wordTimings && { word_timestamp_enabled: true }),
  };
};

/** Where a task gets its connection, and what becomes of it when the task has ended well. */
interface Line {
  take(callSignal: AbortSignal): Promise<Socket>;
  give(socket: Socket): void;
}

/** The hosted service: a task per sentence over a WebSocket, one socket per conversation. */
export const hostedVoice = (
  options: HostedOptions,
  { socket: sockets, secrets, random }: AdapterDeps,
): TtsImplementation => {
  const headers = { authorization: `bearer ${secrets.reveal(options.apiKey)}` };
  const connect = (signal: AbortSignal): Promise<Socket> => sockets.open(options.url, { headers, signal });

  const hex = (length: number): string =>
    Array.from({ length }, () => Math.floor(random.next() * 16).toString(16)).join('');
  /** In the form of a UUID, as the service wants it. */
  const taskId = (): string => [8, 4, 4, 4, 12].map(hex).join('-');

  async function* speakOn(
    line: Line,
    { text }: SpeechInput,
    control: SpeechControl,
    context: InferContext,
  ): AsyncGenerator<SpeechOutput, void> {
    const task: Task = {
      taskId: taskId(),
      model: options.model,
      parameters: parametersFor(control, options),
      text,
      timing: options.wordTimings ? 'measured' : 'estimated',
    };
    const socket = await line.take(context.signal);
    if (context.signal.aborted) {
      line.give(socket);
      return;
    }
    const leave = (): void => socket.close();
    context.signal.addEventListener('abort', leave, { once: true });
    let isWhole = false;
    try {
      yield* runTask(socket, task, context);
      isWhole = true;
    } finally {
      context.signal.removeEventListener('abort', leave);
      // A task that was left or failed goes on at its end: the connection is of no more use.
      if (isWhole && !context.signal.aborted) line.give(socket);
      else socket.close();
    }
  }

  const onceOnly: Line = { take: connect, give: (socket) => socket.close() };

  return {
    inferStream: (input, control, context) => speakOn(onceOnly, input, control, context),

    openSession: async ({ signal }) => {
      let kept: Socket | undefined = await connect(signal);
      const line: Line = {
        take: () => {
          const taken = kept;
          kept = undefined;
          return taken?.isOpen === true ? Promise.resolve(taken) : connect(signal);
        },
        give: (socket) => {
          kept?.close();
          kept = socket;
        },
      };
      return {
        inferStream: (input, control, context) => speakOn(line, input, control, context),
        close: async () => kept?.close(),
      };
    },

    // The handshake is where the key is checked.
    health: async (signal) => {
      const socket = await connect(signal);
      socket.close();
      return { status: 'ok' };
    },
  };
};
