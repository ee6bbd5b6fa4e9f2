import { type InspectMessage, inspectMessage, protocolVersion } from '@tth/protocol';
import { type InspectorModel, emptyModel, fold, toMessages } from './fold.ts';

/** Why a file is not a recording; `message` says what to do. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

const parseLine = (line: string, number: number): InspectMessage => {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new RecordingError(`Line ${number} is not JSON. Choose a .jsonl file saved by this page.`, {
      cause,
    });
  }
  const result = inspectMessage.safeParse(json);
  if (!result.success) {
    throw new RecordingError(
      `Line ${number} is not a message of the inspection feed, version ${protocolVersion}.`,
    );
  }
  return result.data;
};

/** Reads a recording: one message per line. Throws `RecordingError` with the number of the first bad line. */
export const parseRecording = (text: string): readonly InspectMessage[] => {
  const messages = text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseLine(line, index + 1)]));
  if (messages.length === 0)
    throw new RecordingError('The file is empty. Choose a .jsonl file saved by this page.');
  return messages;
};

/** A recording as text, one message per line; `parseRecording` gives it back. */
export const formatRecording = (messages: readonly InspectMessage[]): string =>
  messages.map((message) => `${JSON.stringify(message)}\n`).join('');

/** Remembers a feed, bounded. */
export interface Recorder {
  add(message: InspectMessage): void;
  messages(): readonly InspectMessage[];
}

/**
 * A recorder that keeps the newest `maxMessages`. What is older lives on as one snapshot at the head, so every
 * recording starts from a complete picture.
 */
export const createRecorder = (maxMessages = 5_000): Recorder => {
  let head = emptyModel;
  let tail: InspectMessage[] = [];
  return {
    add(message) {
      tail.push(message);
      if (tail.length <= maxMessages) return;
      const older = tail.slice(0, tail.length >> 1);
      tail = tail.slice(older.length);
      head = older.reduce(fold, head);
    },
    messages: () => [...toMessages(head), ...tail],
  };
};

/** A recording cut into single steps: one record, or one other message, each. */
export const toSteps = (messages: readonly InspectMessage[]): readonly InspectMessage[] =>
  messages.flatMap((message): InspectMessage[] =>
    message.type === 'inspect_records'
      ? message.records.map((record) => ({ type: 'inspect_records', records: [record] }))
      : [message],
  );

/** The model after the first `count` steps. Runs of records are folded at once, so a long recording stays quick. */
export const modelAfter = (steps: readonly InspectMessage[], count: number): InspectorModel => {
  let model = emptyModel;
  let index = 0;
  while (index < count) {
    const records = [];
    for (let step = steps[index]; index < count && step?.type === 'inspect_records'; step = steps[index]) {
      records.push(...step.records);
      index += 1;
    }
    if (records.length > 0) model = fold(model, { type: 'inspect_records', records });
    const step = steps[index];
    if (index >= count || step === undefined) break;
    model = fold(model, step);
    index += 1;
  }
  return model;
};
