import type { ServerMessage, ServerMessageOf } from '@tth/protocol';

/** What to do with an event: hand it on, ignore it as a repeat, or admit that one is missing. */
export type Verdict = 'new' | 'repeat' | 'hole';

/** The least an event says: of what type and where in which log it is. */
export interface LogEntry {
  readonly type: 'unknown' | ServerMessage['type'];
  readonly logId: string;
  readonly seq: number;
}

/**
 * Proves that no event of a session's log is missing. `seq` counts from 1 without a hole in one `logId`. What a client
 * missed may be replayed before the answer to its hello or after it, with the answer in its own place; a pong may
 * repeat the newest place. Events of no log, such as the refusal of a hello, pass.
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

  const begin = (message: LogEntry): void => {
    logId = message.logId;
    lastSeq = message.seq;
    answerSeq = 0;
  };

  const resume = (message: ServerMessageOf<'session_resumed'>): void => {
    if (!message.recovered || message.logId !== logId) return begin(message);
    answerSeq = message.seq;
    if (message.replayed === 0 || message.seq === lastSeq + 1) lastSeq = Math.max(lastSeq, message.seq);
  };

  return {
    observe(message: ServerMessage | LogEntry): Verdict {
      if (message.type === 'session_created') begin(message);
      else if (message.type === 'session_resumed' && 'recovered' in message) resume(message);
      else if (message.logId === logId) return place(message);
      return 'new';
    },

    /** Where to go on after a reconnect. */
    position: () => ({ logId, lastSeq }),
  };
};
