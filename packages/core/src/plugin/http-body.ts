import { TthError } from '../domain/errors.ts';
import { largestItemBytes } from '../domain/media.ts';
import { type SseEvent, createEventReader } from './event-stream.ts';
import { forgiveOne } from './forgive-one.ts';
import { createLineReader, tooLarge } from './lines.ts';

/** What can be read of a body. One of them, once. */
export interface BodyReaders {
  /** The bytes as they come. Throws `provider.protocol_error` where the provider sent JSON or a page instead. */
  bytes(): AsyncIterable<Uint8Array>;
  /** Server-sent events. Throws as `bytes` does. */
  sse(): AsyncIterable<SseEvent>;
  /** One JSON value per line, each through `read`. Forgives one line that cannot be read: see `forgiveOne`. */
  ndjson<Value = unknown>(read?: (value: unknown) => Value): AsyncIterable<Value>;
  /** The whole body, 1 MiB at most. */
  json(): Promise<unknown>;
}

/** The body as it comes. `onEnd`: it was read to its end. `broken`: what to throw when the connection ends before. */
export async function* readBody(
  body: ReadableStream<Uint8Array> | null,
  signal: AbortSignal,
  onEnd: () => void,
  broken: (error: unknown) => TthError,
): AsyncGenerator<Uint8Array, void> {
  const reader = body?.getReader();
  const next = async (): Promise<Uint8Array | undefined> => {
    try {
      return (await reader?.read())?.value;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw broken(error);
    }
  };
  try {
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      if (signal.aborted) return;
      yield chunk;
    }
    if (!signal.aborted) onEnd();
  } finally {
    reader?.cancel().catch(() => {});
  }
}

async function* readText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function* readEvents(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<SseEvent, void> {
  const events = createEventReader();
  for await (const text of readText(bytes)) {
    for (const event of events.push(text)) {
      if (signal.aborted) return;
      yield event;
    }
  }
  if (!signal.aborted) yield* events.flush();
}

async function* readJsonLines<Value>(
  bytes: AsyncIterable<Uint8Array>,
  read: (value: unknown) => Value,
  signal: AbortSignal,
): AsyncGenerator<Value, void> {
  const lines = createLineReader();
  const readLine = forgiveOne((line: string) => ({ value: read(JSON.parse(line)) }));
  const take = (line: string): readonly { readonly value: Value }[] => {
    const result = line.trim() === '' ? undefined : readLine(line);
    return result === undefined ? [] : [result];
  };
  for await (const text of readText(bytes)) {
    for (const { value } of lines.push(text).flatMap(take)) {
      if (signal.aborted) return;
      yield value;
    }
  }
  if (!signal.aborted) for (const { value } of take(lines.rest())) yield value;
}

const readJson = async (bytes: AsyncIterable<Uint8Array>): Promise<unknown> => {
  let text = '';
  for await (const piece of readText(bytes)) {
    text += piece;
    if (text.length > largestItemBytes) throw tooLarge();
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new TthError('provider.protocol_error', 'The answer of the provider is not JSON.');
  }
};

/** The first of a body, for a log. The rest is given up. */
export const readStart = async (
  body: ReadableStream<Uint8Array> | null,
  byteLength: number,
): Promise<string> => {
  const start = new Uint8Array(byteLength);
  let length = 0;
  const reader = body?.getReader();
  try {
    while (reader !== undefined && length < byteLength) {
      const { value } = await reader.read();
      if (value === undefined) break;
      const taken = value.subarray(0, byteLength - length);
      start.set(taken, length);
      length += taken.byteLength;
    }
  } catch {
    // What came until then is enough.
  }
  reader?.cancel().catch(() => {});
  return new TextDecoder().decode(start.subarray(0, length));
};

/** All readers of a body that `open` gives; `discard` gives it up unread. */
export const createReaders = (
  open: () => AsyncIterable<Uint8Array>,
  contentType: string,
  signal: AbortSignal,
  discard: () => void,
): BodyReaders => {
  const refusePages = (): void => {
    if (!/^(application\/json|text\/html)/i.test(contentType)) return;
    discard();
    throw new TthError(
      'provider.protocol_error',
      'The provider answered in another form than it was asked to.',
      {
        details: { contentType },
      },
    );
  };
  return {
    bytes: () => {
      refusePages();
      return open();
    },
    sse: () => {
      refusePages();
      return readEvents(open(), signal);
    },
    ndjson: <Value>(read = (value: unknown) => value as Value) => readJsonLines(open(), read, signal),
    json: async () => {
      const value = await readJson(open()).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
      signal.throwIfAborted();
      return value;
    },
  };
};
