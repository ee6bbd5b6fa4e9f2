import { TthError, isTthError, sampleRateHz } from '@tth/core';
import {
  type ClientMessageInput,
  type ServerMessage,
  decodeMediaFrame,
  protocolVersion,
  serverMessage,
  subprotocol,
} from '@tth/protocol';
import type { TurnWriter } from '../generate/turn-writer.ts';
import { type Gaps, type RecordedTurn, createTimeline } from './timeline.ts';

export interface RecordRequest {
  /** The server's address, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Pictures to ask for. Empty: sound alone. */
  readonly video: readonly ('h264' | 'vp8')[];
  readonly persona?: string | undefined;
  /** A session that exists, to be taken over from whoever listens to it. */
  readonly resume?: { readonly sessionId: string; readonly token: string } | undefined;
  readonly gaps: Gaps;
  readonly writer: TurnWriter;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly onEvent?: (event: ServerMessage) => void;
  readonly onTurn?: (turn: RecordedTurn) => void;
}

export interface SessionRecorder {
  /** Says something to the session. A running turn is ended by it. */
  ask(text: string): void;
  /** Ends the session, or with `resume` only the recording. What was heard until now stays. */
  stop(): void;
  /** When everything is written; rejects with what ended it otherwise. */
  readonly done: Promise<readonly RecordedTurn[]>;
}

/** Silence is written in pieces of a second. */
const silence = new Uint8Array(sampleRateHz * 2);

const writeTurn = async (writer: TurnWriter, { pieces }: RecordedTurn): Promise<void> => {
  for (const piece of pieces) {
    if (piece.kind === 'picture') await writer.picture(piece);
    else if (piece.kind === 'sound') await writer.sound(piece.data);
    else {
      for (let left = piece.samples * 2; left > 0; left -= silence.byteLength) {
        await writer.sound(silence.subarray(0, Math.min(left, silence.byteLength)));
      }
    }
  }
};

const noPictures = (video: string | null): TthError =>
  new TthError('config.invalid', 'The session has no pictures that can be recorded; record a .wav instead.', {
    details: { video },
  });

/**
 * Listens to a session as a client would, paced by the server's clock, and writes what was heard and shown: each turn
 * when its end is known. Rejects where nothing can be recorded; when the connection ends, what there is is the recording.
 */
export const recordSession = (request: RecordRequest): SessionRecorder => {
  const { url, video, persona, resume, writer, now } = request;
  const timeline = createTimeline(request.gaps);
  const turns: RecordedTurn[] = [];
  const done = Promise.withResolvers<readonly RecordedTurn[]>();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws').replace(/\/$/, '')}/v1/stream`, [subprotocol]);
  socket.binaryType = 'arraybuffer';
  let writing = Promise.resolve();
  let failure: unknown;
  let asked = 0;

  const fail = (error: unknown): void => {
    failure ??= error;
    socket.close();
  };
  const send = (message: ClientMessageInput): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const keep = (turn: RecordedTurn | undefined): void => {
    if (turn === undefined) return;
    turns.push(turn);
    request.onTurn?.(turn);
    writing = writing.then(() => writeTurn(writer, turn));
    writing.catch(fail);
  };
  const onEvent = (event: ServerMessage): void => {
    const isHere = event.type === 'session_created' || event.type === 'session_resumed';
    const canShow = isHere && video.some((codec) => codec === event.video);
    if (isHere && video.length > 0 && !canShow) fail(noPictures(event.video));
    if (event.type === 'video_format') writer.setFormat(event.format);
    // What is refused later on, such as one more text, does not end the recording.
    if (event.type === 'error' && asked === 0) {
      const { code, message, details } = event.error;
      fail(new TthError(code, message, { details: details ?? {} }));
    }
    keep(timeline.event(event));
    request.onEvent?.(event);
  };

  socket.addEventListener('open', () =>
    send({
      type: 'hello',
      v: protocolVersion,
      accepts: { audio: ['pcm_s16le'], video: [...video] },
      ...(persona !== undefined && { persona }),
      ...(resume !== undefined && { resume }),
    }),
  );
  socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
    try {
      if (typeof data === 'string') onEvent(serverMessage.parse(JSON.parse(data)));
      else timeline.media(decodeMediaFrame(data), now());
    } catch (error) {
      fail(
        isTthError(error)
          ? error
          : new TthError('provider.protocol_error', 'The server sent what this version does not know.', {
              cause: error,
            }),
      );
    }
  });
  socket.addEventListener('error', () => {
    failure ??= new TthError('config.invalid', 'No server answers there; start one with "tth serve".', {
      details: { url },
    });
    // A socket that never opened is not always said to be closed.
    end();
  });
  socket.addEventListener('close', () => end());

  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    const finish = async (): Promise<readonly RecordedTurn[]> => {
      keep(timeline.end(now()));
      await writing;
      if (failure !== undefined) throw failure as Error;
      if (turns.length === 0) {
        throw new TthError('session.not_found', 'Nothing was said, so there is nothing to record.');
      }
      await writer.finish();
      return turns;
    };
    finish().then(done.resolve, async (error: unknown) => {
      await writer.cancel().catch(() => {});
      done.reject(error);
    });
  };

  return {
    ask: (text) => {
      asked += 1;
      send({ type: 'user_text', clientMsgId: `record-${asked}`, text });
    },
    stop: () => {
      if (resume === undefined) send({ type: 'close_session' });
      else socket.close();
    },
    done: done.promise,
  };
};
