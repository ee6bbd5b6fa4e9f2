import {
  type Engine,
  type LoggedEvent,
  type LooseControls,
  type MediaItem,
  TthError,
  isTerminal,
  sampleRateHz,
} from '@tth/core';
import { createHeldMedia } from './held-media.ts';
import { type Layout, type Mp4Writer, createMp4Writer } from './mp4.ts';
import { wavHeader } from './wav.ts';

export type RenderFormat = 'mp4' | 'wav';
export const contentTypes: Readonly<Record<RenderFormat, string>> = { mp4: 'video/mp4', wav: 'audio/wav' };

export interface RenderRequest {
  readonly text: string;
  readonly kind: 'say' | 'user_text';
  readonly format: RenderFormat;
  readonly layout: Layout;
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

interface TurnWriter {
  sound(data: Uint8Array): Promise<void>;
  picture(item: MediaItem): Promise<void>;
  format?(format: Parameters<Mp4Writer['setFormat']>[0]): void;
  finish(): Promise<void>;
  cancel(): Promise<void>;
}

const samplesOf = (data: Uint8Array): Int16Array =>
  new Int16Array(data.buffer, data.byteOffset, data.byteLength / 2);

const createWavWriter = async (
  layout: Layout,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<TurnWriter> => {
  const held: Uint8Array[] = [];
  let size = 0;
  if (layout === 'streamed') await write(wavHeader(sampleRateHz));
  return {
    sound: async (data) => {
      size += data.byteLength;
      if (layout === 'streamed') await write(data);
      else held.push(data);
    },
    picture: async () => {},
    finish: async () => {
      if (layout === 'streamed') return;
      await write(wavHeader(sampleRateHz, size));
      for (const piece of held) await write(piece);
    },
    cancel: async () => {},
  };
};

const createVideoWriter = async (
  engine: Engine,
  layout: Layout,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<TurnWriter> => {
  const codecs = engine.services.mediaCodecs;
  const canDraw = engine
    .adapters()
    .some(({ capabilities }) => capabilities.stage === 'avatar' && capabilities.delivery.includes('h264'));
  if (codecs === undefined || !canDraw) {
    throw new TthError(
      'config.invalid',
      'Video files need an avatar that gives H.264 and a plugin with encoders, such as @tth/plugin-codecs; or ask for wav.',
    );
  }
  const mp4 = await createMp4Writer(codecs, sampleRateHz, layout, (bytes) => write(bytes));
  return {
    format: (format) => mp4.setFormat(format),
    sound: (data) => mp4.audio(samplesOf(data)),
    picture: (item) => mp4.video(item.data, item.key, item.ptsUs, item.durationUs),
    finish: () => mp4.finish(),
    cancel: () => mp4.cancel(),
  };
};

/**
 * One turn as a file, made as fast as the providers allow. Throws before anything is made when the request
 * cannot be served; an abort of the signal or the end of reading stops the turn.
 */
export const renderTurn = async (engine: Engine, request: RenderRequest): Promise<Rendering> => {
  const { format, layout, kind, text, persona, controls, signal } = request;
  const queue = createByteQueue();
  const session = engine.createSession({
    accepts: { audio: ['pcm_s16le'], video: format === 'mp4' ? ['h264'] : [] },
    persona,
    pacing: 'unpaced',
  });
  const writer = await (
    format === 'mp4' ? createVideoWriter(engine, layout, queue.write) : createWavWriter(layout, queue.write)
  ).catch(async (error: unknown) => {
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
    if (event.type === 'video_format') writer.format?.(event.format);
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
