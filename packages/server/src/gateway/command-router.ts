import { type ClientMessage, type ClientMessageOf, closeCodes, protocolVersion } from '@tth/protocol';
import { type Clock, type SessionHandle, TthError, errorTable, isTthError, toFailure } from '@tth/core';
import type { Connection, ConnectionHandlers } from './connection.ts';
import { clientMsgIdOf, parseClientMessage } from './parse-message.ts';
import type { StreamHub } from './stream-hub.ts';

/** Messages that make no sense, within a minute, before the connection is closed. */
const maxStrikes = 3;
const strikeWindowMs = 60_000;
const helloTimeoutMs = 5_000;

/** Turns what arrives on one connection into commands of its session. `hello` comes first and once. */
export const createCommandRouter = (
  connection: Connection,
  hub: StreamHub,
  clock: Clock,
): ConnectionHandlers => {
  let session: SessionHandle | undefined;
  let strikes: number[] = [];
  let errorsSent = 0;
  const cancelTimeout = clock.after(helloTimeoutMs, () =>
    connection.close(closeCodes.unauthenticated, 'expected hello within 5 seconds'),
  );

  /** Before there is a session, errors have an envelope of their own. */
  const refuse = (error: unknown, clientMsgId?: string): void => {
    const details = isTthError(error) ? { details: error.details } : {};
    const failure = { ...toFailure(error), ...details };
    if (session !== undefined) {
      session.emit({ type: 'error', error: failure, clientMsgId });
      return;
    }
    errorsSent += 1;
    connection.sendText(
      JSON.stringify({
        v: protocolVersion,
        type: 'error',
        sessionId: '',
        logId: '',
        seq: errorsSent,
        ts: clock.now(),
        error: failure,
        clientMsgId,
      }),
    );
  };

  const strike = (error: unknown, clientMsgId?: string): void => {
    refuse(error, clientMsgId);
    const code = isTthError(error) ? error.code : 'internal.unexpected';
    if (code === 'protocol.message_too_large')
      connection.close(closeCodes.messageTooLarge, 'message too large');
    if (code === 'protocol.unsupported_version') {
      connection.close(closeCodes.unsupportedVersion, 'unsupported version');
    }
    const now = clock.monotonicMs();
    strikes = [...strikes.filter((at) => now - at < strikeWindowMs), now];
    if (strikes.length >= maxStrikes) connection.close(closeCodes.badRequest, 'too many invalid messages');
  };

  const greet = (hello: ClientMessageOf<'hello'>): void => {
    if (session !== undefined) {
      throw new TthError('protocol.invalid_message', 'hello was already said on this connection.');
    }
    try {
      session = hub.connect(connection, hello);
      cancelTimeout();
    } catch (error) {
      refuse(error);
      const code = toFailure(error).code;
      connection.close(errorTable[code].wsClose ?? closeCodes.badRequest, code);
    }
  };

  const dispatch = (message: ClientMessage): void => {
    if (message.type === 'hello') {
      greet(message);
      return;
    }
    if (session === undefined) {
      throw new TthError('protocol.invalid_message', 'Say hello first.');
    }
    session.handle(message);
  };

  return {
    onText: (text) => {
      try {
        dispatch(parseClientMessage(text));
      } catch (error) {
        strike(error, clientMsgIdOf(text));
      }
    },
    onBinary: () => {
      strike(
        new TthError('protocol.invalid_message', 'Clients send text; binary messages come from the server.'),
      );
    },
    onDrain: () => session?.playout.drained(),
    onClose: () => {
      cancelTimeout();
      if (session !== undefined) hub.disconnect(connection, session);
      session = undefined;
    },
  };
};
