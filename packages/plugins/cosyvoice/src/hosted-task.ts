import {
  type InferContext,
  type Socket,
  type SpeechOutput,
  TthError,
  someSound,
  wholeFrames,
} from '@tth/core/plugin';
import { errorOfTask } from './errors.ts';
import { type TaskParameters, eventReader, taskMessages } from './hosted-wire.ts';
import { createWordOrder } from './hosted-words.ts';

/** One sentence for the service. */
export interface Task {
  readonly taskId: string;
  readonly model: string;
  readonly parameters: TaskParameters;
  readonly text: string;
  readonly timing: SpeechOutput['timing'];
}

/**
 * Runs one task on an open connection, which can be used again once this has ended by itself. Throws the code that
 * stands for the vendor's where the task fails, `provider.protocol_error` where the connection ends before it.
 */
export async function* runTask(
  socket: Socket,
  { taskId, model, parameters, text, timing }: Task,
  { usage }: Pick<InferContext, 'usage'>,
): AsyncGenerator<SpeechOutput, void> {
  const say = taskMessages(taskId);
  const read = eventReader();
  const inOrder = createWordOrder();
  let waiting: SpeechOutput['words'] = [];
  let characters: number | undefined;
  const takeWords = (): SpeechOutput['words'] => {
    const taken = waiting;
    waiting = [];
    return taken;
  };

  async function* sound(): AsyncGenerator<Uint8Array, void> {
    for await (const message of socket.messages()) {
      if (typeof message !== 'string') {
        yield message;
        continue;
      }
      const event = read(message);
      if (event === undefined) continue;
      if (event.name === 'task-failed') throw errorOfTask(event.errorCode);
      waiting = [...waiting, ...inOrder(event.words)];
      characters = event.characters ?? characters;
      if (event.name === 'task-started') {
        await socket.send(say.text(text));
        await socket.send(say.finish());
      }
      if (event.name === 'task-finished') return;
    }
    throw new TthError('provider.protocol_error', 'The speech service left before the task was finished.');
  }

  await socket.send(say.run(model, parameters));
  try {
    for await (const pcm of someSound(wholeFrames(sound()))) {
      yield { pcm, words: takeWords(), phonemes: [], timing };
    }
  } finally {
    if (characters !== undefined) usage({ unit: 'characters', amount: characters });
  }
  const words = takeWords();
  if (words.length > 0) yield { pcm: new Int16Array(0), words, phonemes: [], timing };
}
