import type { Clock, SessionHandle, SessionOutlet } from '@tth/core';
import { closeCodes } from '@tth/protocol';
import type { Connection } from './connection.ts';
import { encodeEvent, encodeMedia } from './encode-event.ts';

/** What a connection may hold back, in bytes and milliseconds. */
export interface OutboundLimits {
  /** Above this no media is sent until the socket has drained. */
  readonly pauseMediaBytes: number;
  /** Above this for `patienceMs` the client counts as one that does not read; it is closed. */
  readonly slowBytes: number;
  readonly patienceMs: number;
  /** Above this it is closed at once. */
  readonly maxBytes: number;
}

export const outboundLimits: OutboundLimits = {
  pauseMediaBytes: 128 * 1024,
  slowBytes: 512 * 1024,
  patienceMs: 5_000,
  maxBytes: 1024 * 1024,
};

/**
 * A session's way out through a connection: events as text, media as bytes. What the client does not read is
 * bounded: media waits in its lanes from the first limit on, and a client that lets events pile up is closed as
 * a slow consumer.
 */
export const createOutbound = (
  connection: Connection,
  session: SessionHandle,
  clock: Clock,
  limits: OutboundLimits = outboundLimits,
): SessionOutlet => {
  let mediaSeq = 0;
  let slowSinceMs: number | undefined;

  const isTooSlow = (): boolean => {
    const unsent = connection.bufferedBytes();
    if (unsent <= limits.slowBytes) slowSinceMs = undefined;
    else slowSinceMs ??= clock.monotonicMs();
    const slowMs = slowSinceMs === undefined ? 0 : clock.monotonicMs() - slowSinceMs;
    return unsent > limits.maxBytes || slowMs >= limits.patienceMs;
  };

  const hasRoom = (): boolean => connection.bufferedBytes() <= limits.pauseMediaBytes;

  return {
    hasRoom,
    event: (event) => {
      if (isTooSlow()) {
        connection.close(closeCodes.slowConsumer, 'the client does not read');
        return;
      }
      connection.sendText(JSON.stringify(encodeEvent(event, session.id, session.logId)));
      if (event.type === 'session_closed') connection.close(closeCodes.sessionClosed, event.reason);
    },
    media: (item) => {
      connection.sendBytes(encodeMedia(item, mediaSeq));
      mediaSeq += 1;
      return hasRoom();
    },
    unsentBytes: () => connection.bufferedBytes(),
    lost: () => connection.close(closeCodes.slowConsumer, 'the client says nothing of what it is sent'),
    replaced: () => connection.close(closeCodes.replaced, 'another connection took this session over'),
  };
};
