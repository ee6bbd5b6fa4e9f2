import {
  type Engine,
  type LoggedEvent,
  type LooseControls,
  type MediaItem,
  TthError,
  isTerminal,
} from '@tth/core';
import { createHeldMedia } from './held-media.ts';
import {
  type FileFormat,
  type TurnWriter,
  createVideoWriter,
  createWavWriter,
  pictureOf,
} from './turn-writer.ts';
import { type Layout, containerCodecs, requireCodecs } from './video-file.ts';

export const contentTypes: Readonly<Record<FileFormat, string>> = {
  mp4: 'video/mp4',
  webm: 'video/webm',
  wav: 'audio/wav',
};

export interface RenderRequest {
  readonly text: string;
  readonly kind: 'say' | 'user_text';
  readonly format: FileFormat;
  readonly layout: Exclude<Layout, 'seekable'>;
  readonly persona?: string | undefined;
  readonly controls?: LooseControls | undefined;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: LoggedEvent) => void;
}

export interface RenderResult {
  readonly durationMs: number;
  readonly sentences: number;
  readonly reply: string;
}

export interface Rendering {
  /** The file, in order. Ends when the turn has ended; throws what ended it otherwise. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly result: Promise<RenderResult>;
}

/** Media that waits for the writer; the session makes no more until it is below. */
const maxPendingItems = 64;
/** Bytes that wait for the reader. */
const maxPendingBytes = 4 * 1024 * 1024;

/** A queue of bytes between a writer that may have to wait and one reader. */
const createByteQueue = () => {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let end: { readonly error?: unknown } | undefined;
  let wakeReader: () => void = () => {};
  let wakeWriter: () => void = () => {};
  return {
    write: async (bytes: Uint8Array): Promise<void> => {
      pieces.push(bytes);
      size += bytes.byteLength;
      wakeReader();
      while (size > maxPendingBytes && end === undefined) {
        await new Promise<void>((resolve) => (wakeWriter = resolve));
      }
    },
    end: (error?: unknown): void => {
      end ??= error === undefined ? {} : { error };
      wakeReader();
      wakeWriter();
    },
    async *read(): AsyncGenerator<Uint8Array, void> {
      for (;;) {
        const ready = pieces;
        pieces = [];
        size = 0;
        wakeWriter();
        yield* ready;
        if (pieces.length > 0) continue;
        if (end !== undefined) {
          if (end.error !== undefined) throw end.error as Error;
          return;
        }
        await new Promise<void>((resolve) => (wakeReader = resolve));
      }
    },
  };
};

const createWriter = async (
  engine: Engine,
  format: FileFormat,
  layout: Layout,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<TurnWriter> => {
  if (format === 'wav') return createWavWriter(layout, write);
  const { picture } = containerCodecs[format];
  const canDraw = engine
    .adapters()
    .some(({ capabilities }) => capabilities.stage === 'avatar' && capabilities.delivery.includes(picture));
  if (!canDraw) {
    throw new TthError(
      'config.invalid',
      'Video files need an avatar that gives their pictures; set one up, or ask for wav.',
      { details: { format, picture } },
    );
  }
  return createVideoWriter(requireCodecs(engine.services.mediaCodecs, format), format, layout, write);
};

/**
 * One turn as a file, made as fast as the providers allow. Throws before anything is made when the request
 * cannot be served; an abort of the signal or the end of reading stops the turn.
 */
export const renderTurn = async (engine: Engine, request: RenderRequest): Promise<Rendering> => {
  const { format, layout, kind, text, persona, controls, signal } = request;
  const queue = createByteQueue();
  const session = engine.createSession({
    accepts: { audio: ['pcm_s16le'], video: pictureOf(format) },
    persona,
    pacing: 'unpaced',
  });
  const writer = await createWriter(engine, format, layout, queue.write).catch(async (error: unknown) => {
    await session.close('nothing to do');
    throw error;
  });

  const done = Promise.withResolvers<RenderResult>();
  done.promise.catch(() => {});
  const held = createHeldMedia();
  const put = async (items: readonly MediaItem[]): Promise<void> => {
    for (const item of items) {
      if (item.kind === 'audio') await writer.sound(item.data);
      else await writer.picture(item);
    }
  };
  let writing = Promise.resolve();
  let pending = 0;
  let reply = '';
  let refusal: TthError | undefined;

  const settle = async (finish: () => Promise<RenderResult>): Promise<void> => {
    try {
      await writing;
      await put(held.rest());
      const result = await finish();
      queue.end();
      done.resolve(result);
    } catch (error) {
      await writer.cancel().catch(() => {});
      queue.end(error);
      done.reject(error);
    } finally {
      signal.removeEventListener('abort', stop);
      await session.close('the turn has ended');
    }
  };
  const onEvent = (event: LoggedEvent): void => {
    request.onEvent?.(event);
    if (event.type === 'video_format') writer.setFormat(event.format);
    if (event.type === 'audio_discard') held.discardAfter(event.afterUs);
    if (event.type === 'text_delta') reply += event.text;
    if (event.type === 'turn_completed') {
      const { durationMs, sentences } = event;
      void settle(async () => {
        await writer.finish();
        return { durationMs, sentences, reply };
      });
    } else if (isTerminal(event) || event.type === 'error') {
      const failure = event.type === 'turn_error' || event.type === 'error' ? event.error : undefined;
      const error =
        failure === undefined
          ? new TthError('turn.deadline', 'The turn was stopped before its end.')
          : new TthError(failure.code, failure.message, { details: failure.details ?? {} });
      if (event.type === 'error') refusal = error;
      void settle(() => Promise.reject(error));
    }
  };
  const stop = (): void => session.handle({ type: 'interrupt' });
  signal.addEventListener('abort', stop, { once: true });

  session.attach({
    event: onEvent,
    replaced: () => {},
    media: (item) => {
      pending += 1;
      const ready = held.add(item);
      writing = writing
        .then(() => put(ready))
        .finally(() => {
          pending -= 1;
          if (pending === maxPendingItems / 2) session.playout.drained();
        });
      writing.catch(stop);
      return pending < maxPendingItems;
    },
  });
  session.handle({ type: kind, clientMsgId: 'render', text, controls });
  if (refusal !== undefined) throw refusal;

  const bytes = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      yield* queue.read();
    } finally {
      queue.end();
      stop();
    }
  };
  return { bytes: bytes(), result: done.promise };
};
