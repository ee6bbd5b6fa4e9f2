import { type Socket, TthError, unlessAborted } from '@tth/core/plugin';
import { errorOfEnd, errorOfMessage } from './errors.ts';
import type { SpeechRequest, SpeechSession } from './session.ts';
import { type Frame, createFrameReader } from './wire.ts';

export interface DialogueSessionOptions {
  readonly open: () => Promise<Socket>;
  /** Whether the socket for the next sentence is opened ahead. */
  readonly keepsSpare: boolean;
}

/** Speaks one sentence on a socket of its own: its settings can be said once per socket, and nothing but its close stops it. */
async function* speak(
  socket: Socket,
  { text, voice, settings, fields }: SpeechRequest,
  signal: AbortSignal,
): AsyncGenerator<Frame, void> {
  const readFrame = createFrameReader();
  const send = (message: object): Promise<void> => socket.send(JSON.stringify(message));
  await Promise.all([
    // Without `flush` a text of less than 40 characters or so would wait for more.
    send({
      voices: [voice],
      voice_settings: { stability: settings.stability },
      ...fields,
      inputs: [{ text, voice_id: voice }],
      flush: true,
    }),
    send({ close_socket: true }),
  ]);
  for await (const message of socket.messages()) {
    if (signal.aborted) return;
    const frame = readFrame(message);
    if (frame === undefined) continue;
    if (frame.error !== undefined) throw errorOfMessage(frame.error);
    if (frame.isFinal) return;
    yield frame;
  }
  if (signal.aborted) return;
  throw new TthError('provider.protocol_error', 'The sentence ended without its last message.');
}

/** One socket per sentence, and a spare one for the next. */
export const createDialogueSession = ({ open, keepsSpare }: DialogueSessionOptions): SpeechSession => {
  let spare: Promise<Socket | undefined> | undefined;

  const obtain = async (): Promise<Socket> => {
    const waiting = spare;
    spare = undefined;
    const socket = await waiting;
    return socket?.isOpen === true ? socket : await open();
  };
  const provide = (): void => {
    if (keepsSpare) spare ??= open().catch(() => undefined);
  };

  return {
    async *frames(request, signal, onOver) {
      const opening = obtain();
      let socket: Socket | undefined;
      const leave = (): void => socket?.close();
      try {
        socket = await unlessAborted(opening, signal);
        signal.throwIfAborted();
        signal.addEventListener('abort', leave, { once: true });
        provide();
        yield* speak(socket, request, signal);
      } catch (error) {
        throw socket === undefined ? error : await errorOfEnd(error, socket);
      } finally {
        // A sentence that is stopped while its socket opens leaves it to the next one.
        if (socket === undefined) spare ??= opening.catch(() => undefined);
        signal.removeEventListener('abort', leave);
        leave();
        onOver();
      }
    },
  };
};
