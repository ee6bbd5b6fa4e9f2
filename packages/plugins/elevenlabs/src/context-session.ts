import { type Socket, isTthError, unlessAborted } from '@tth/core/plugin';
import { type ContextSocket, type ContextSocketOptions, createContextSocket } from './context-socket.ts';
import type { SpeechRequest, SpeechSession } from './session.ts';

/** Opens a socket for the voice and the language of a sentence. */
export type OpenContextSocket = (request: Pick<SpeechRequest, 'voice' | 'language'>) => Promise<Socket>;

interface Line {
  readonly key: string;
  readonly opening: Promise<ContextSocket>;
  socket: ContextSocket | undefined;
}

/**
 * One socket per conversation, one context per sentence. Another voice or language takes another socket, and so does
 * a sentence for which the present one has no room. A socket that was lost while nobody spoke is replaced without a word.
 */
export const createContextSession = (
  open: OpenContextSocket,
  options: ContextSocketOptions,
): SpeechSession => {
  let line: Line | undefined;

  const begin = (request: SpeechRequest, key: string): Line => {
    const opening = open(request).then((socket) => {
      begun.socket = createContextSocket(socket, options);
      return begun.socket;
    });
    const begun: Line = { key, opening, socket: undefined };
    opening.catch(() => {
      if (line === begun) line = undefined;
    });
    return begun;
  };

  const obtain = (request: SpeechRequest): Promise<ContextSocket> => {
    const key = `${request.voice} ${request.language ?? ''}`;
    const isFit = line?.key === key && line.socket?.isUsable !== false;
    if (line !== undefined && isFit) return line.opening;
    line?.opening.then(
      (socket) => socket.retire(),
      () => {},
    );
    line = begin(request, key);
    return line.opening;
  };

  return {
    async *frames(request, signal, onOver) {
      for (let isSecond = false; ; isSecond = true) {
        let socket: ContextSocket | undefined;
        let isReused = false;
        let isBegun = false;
        try {
          socket = await unlessAborted(obtain(request), signal);
          isReused = socket.spoken > 0;
          for await (const frame of socket.speak(request, signal, onOver)) {
            isBegun = true;
            yield frame;
          }
          return;
        } catch (error) {
          const isStale = isReused && !isBegun && isTthError(error) && error.code === 'provider.unavailable';
          if (!isStale || isSecond || signal.aborted) throw error;
        } finally {
          if (socket === undefined) onOver();
        }
      }
    },
  };
};
