import type { SessionHandle, SessionOutlet } from '@tth/core';
import { closeCodes } from '@tth/protocol';
import type { Connection } from './connection.ts';
import { encodeEvent, encodeMedia } from './encode-event.ts';

/** More unsent bytes than this can only be a client that does not read; it is closed. */
const maxUnsentBytes = 1024 * 1024;

/** A session's way out through a connection: events as text, media as bytes, both bounded. */
export const createOutbound = (connection: Connection, session: SessionHandle): SessionOutlet => {
  let mediaSeq = 0;
  return {
    event: (event) => {
      if (connection.bufferedBytes() > maxUnsentBytes) {
        connection.close(closeCodes.slowConsumer, 'the client does not read');
        return;
      }
      connection.sendText(JSON.stringify(encodeEvent(event, session.id, session.logId)));
      if (event.type === 'session_closed') connection.close(closeCodes.sessionClosed, event.reason);
    },
    media: (item) => {
      const roomLeft = connection.sendBytes(encodeMedia(item, mediaSeq));
      mediaSeq += 1;
      return roomLeft;
    },
    lost: () => connection.close(closeCodes.slowConsumer, 'the client says nothing of what it is sent'),
    replaced: () => connection.close(closeCodes.replaced, 'another connection took this session over'),
  };
};
