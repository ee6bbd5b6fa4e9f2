import { type Clock, type Inbox, type Socket, TthError, createInbox } from '@tth/core/plugin';
import type { VoiceSettings } from './controls.ts';
import { errorOfEnd, errorOfMessage } from './errors.ts';
import { type Frame, createFrameReader } from './wire.ts';

/** One sentence as it is sent. */
export interface Sentence {
  readonly text: string;
  readonly settings: VoiceSettings;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A socket for one voice and language, on which each sentence is a context of its own. */
export interface ContextSocket {
  /** Open, and with room for one more context. */
  readonly isUsable: boolean;
  /** Sentences that it was given. */
  readonly spoken: number;
  /**
   * The frames of a sentence. What comes of it after the signal's abort is dropped. `onOver` is called once
   * ElevenLabs has ended it, however long after that.
   */
  speak(sentence: Sentence, signal: AbortSignal, onOver: () => void): AsyncGenerator<Frame, void>;
  /** Takes no more sentences, and closes with the last one that somebody listens to. */
  retire(): void;
  close(): void;
}

/** ElevenLabs takes five; one that was told to close counts until its last frame. */
const mostContexts = 4;
/** Frames of one sentence that wait for their reader before the socket does. */
const mostWaiting = 4;

const closed = (): TthError =>
  new TthError('provider.unavailable', 'ElevenLabs closed the socket in the middle of a sentence.');

export interface ContextSocketOptions {
  readonly clock: Clock;
  /** How often ElevenLabs is told that somebody still listens to a sentence. */
  readonly keepAliveMs: number;
}

export const createContextSocket = (
  socket: Socket,
  { clock, keepAliveMs }: ContextSocketOptions,
): ContextSocket => {
  const readFrame = createFrameReader();
  /** Contexts that somebody listens to. */
  const heard = new Map<string, Inbox<Frame>>();
  /** All that ElevenLabs has not ended, with whom to tell. */
  const pending = new Map<string, () => void>();
  let spoken = 0;
  let isRetired = false;
  /** Why it ended; absent while it has not. */
  let ended: { readonly error: unknown } | undefined;
  let wake = (): void => {};

  const stir = (): void => wake();
  const isOpen = (): boolean => !isRetired && socket.isOpen;

  /** A sentence whose reader is slow holds the socket back, unless somebody waits for another one. */
  const hold = async (id: string): Promise<void> => {
    const isAhead = (): boolean =>
      (heard.get(id)?.length ?? 0) >= mostWaiting && [...heard.values()].every(({ length }) => length > 0);
    while (isAhead()) {
      const woken = Promise.withResolvers<void>();
      wake = woken.resolve;
      await woken.promise;
    }
  };

  const send = (message: object): Promise<void> => socket.send(JSON.stringify(message));

  let cancelBeat = (): void => {};
  /** A sentence that is heard slowly may outlast the time after which an idle socket is closed. */
  const keepAlive = (): void => {
    cancelBeat();
    if (heard.size === 0) return;
    cancelBeat = clock.after(keepAliveMs, () => {
      send({ text: '' }).catch(() => {});
      keepAlive();
    });
  };

  const end = (error: unknown): void => {
    isRetired = true;
    ended ??= { error };
    for (const onOver of pending.values()) onOver();
    pending.clear();
    for (const inbox of heard.values()) inbox.end(error);
    heard.clear();
    keepAlive();
    socket.close();
    stir();
  };

  const pump = async (): Promise<void> => {
    for await (const message of socket.messages()) {
      const frame = readFrame(message);
      if (frame === undefined) continue;
      if (frame.error !== undefined) throw errorOfMessage(frame.error);
      const { contextId = '', isFinal } = frame;
      const inbox = heard.get(contextId);
      inbox?.put(frame);
      if (isFinal) {
        pending.get(contextId)?.();
        pending.delete(contextId);
        heard.delete(contextId);
        inbox?.end();
      } else if (inbox !== undefined) await hold(contextId);
    }
    if (heard.size > 0) {
      throw closed();
    }
  };
  const run = async (): Promise<void> => {
    try {
      await pump();
      end(undefined);
    } catch (error) {
      end(await errorOfEnd(error, socket));
    }
  };
  void run();

  const closeWhenUnheard = (): void => {
    if (isRetired && heard.size === 0) socket.close();
  };

  return {
    get isUsable() {
      return isOpen() && pending.size < mostContexts;
    },
    get spoken() {
      return spoken;
    },
    async *speak({ text, settings, fields }, signal, onOver) {
      if (signal.aborted || ended !== undefined) {
        onOver();
        if (signal.aborted) return;
        throw ended?.error ?? closed();
      }
      const id = `s${spoken++}`;
      const inbox = createInbox<Frame>(stir);
      heard.set(id, inbox);
      pending.set(id, onOver);
      stir();
      keepAlive();
      const leave = (): void => {
        if (heard.get(id) === inbox) heard.delete(id);
        inbox.drop();
        stir();
        keepAlive();
        closeWhenUnheard();
      };
      signal.addEventListener('abort', leave, { once: true });
      try {
        await Promise.all([
          send({ text: ' ', voice_settings: settings, ...fields, context_id: id }),
          send({ text: `${text} `, context_id: id, flush: true }),
          send({ context_id: id, close_context: true }),
        ]);
        yield* inbox.items();
      } finally {
        signal.removeEventListener('abort', leave);
        leave();
      }
    },
    retire: () => {
      isRetired = true;
      closeWhenUnheard();
    },
    close: () => end(undefined),
  };
};
