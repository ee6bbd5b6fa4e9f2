import { largestItemBytes } from '../domain/media.ts';
import { createLineReader, tooLarge } from './lines.ts';

/** One event of a `text/event-stream`. `event` is `message` where the provider gives it no name. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
}

export interface EventReader {
  /** The events that `text` completes. */
  push(text: string): readonly SseEvent[];
  /** The last event of a stream that ends without an empty line. */
  flush(): readonly SseEvent[];
}

/** Reads server-sent events however their text is cut. Comments, `id` and `retry` are left out. */
export const createEventReader = (): EventReader => {
  const lines = createLineReader();
  let event = '';
  let data: string[] = [];
  let length = 0;

  const finish = (): readonly SseEvent[] => {
    const finished = data.length === 0 ? [] : [{ event: event || 'message', data: data.join('\n') }];
    event = '';
    data = [];
    length = 0;
    return finished;
  };

  const take = (line: string): readonly SseEvent[] => {
    if (line === '') return finish();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    if (field !== 'data') return [];
    length += value.length;
    if (length > largestItemBytes) throw tooLarge();
    data.push(value);
    return [];
  };

  return {
    push: (text) => lines.push(text).flatMap(take),
    flush: () => [...take(lines.rest()), ...finish()],
  };
};
