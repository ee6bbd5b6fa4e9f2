import type { ServerMessage, ServerMessageOf } from '@tth/protocol';

/** What to do with an event: hand it on, ignore it as a repeat, or admit that one is missing. */
export type Verdict = 'new' | 'repeat' | 'hole';

/** The least an event says: of what type and where in the log it is. */
export interface LogEntry {
  readonly type: 'unknown' | ServerMessage['type'];
  readonly seq: number;
}

/**
 * Proves that no event of a session's log is missing. `seq` counts from 1 without a hole in one `logId`; the answer
 * to a hello may carry a place of its own ahead of the events replayed after it, and a pong may repeat the newest.
 */
export const createEventLog = () => {
  let logId: string | undefined;
  let lastSeq = 0;
  let answerSeq = 0;

  const place = ({ type, seq }: LogEntry): Verdict => {
    if (seq === lastSeq + 1 || (seq === lastSeq + 2 && lastSeq + 1 === answerSeq)) {
      lastSeq = seq;
      return 'new';
    }
    if (seq > lastSeq) return 'hole';
    return type === 'pong' ? 'new' : 'repeat';
  };

  return {
    observe(message: ServerMessage | LogEntry): Verdict {
      if (!('logId' in message) || !isAnswer(message)) return place(message);
      if (message.type === 'session_resumed' && message.recovered && message.logId === logId) {
        answerSeq = message.seq;
        if (message.replayed === 0) lastSeq = Math.max(lastSeq, message.seq);
      } else {
        logId = message.logId;
        lastSeq = message.seq;
        answerSeq = 0;
      }
      return 'new';
    },

    /** Where to go on after a reconnect. */
    position: () => ({ logId, lastSeq }),
  };
};

const isAnswer = (
  message: ServerMessage,
): message is ServerMessageOf<'session_created' | 'session_resumed'> =>
  message.type === 'session_created' || message.type === 'session_resumed';
