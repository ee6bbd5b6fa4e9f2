import * as z from 'zod';
import {
  type ClientMessage,
  type ClientMessageOf,
  clientMessage,
  closeCodes,
  maxMessageBytes,
  protocolVersion,
  supportedVersions,
} from '@tth/protocol';
import { type Clock, type SessionHandle, TthError, errorTable, isTthError, toFailure } from '@tth/core';
import type { Connection, ConnectionHandlers } from './connection.ts';
import type { StreamHub } from './stream-hub.ts';

/** Messages that make no sense, within a minute, before the connection is closed. */
const maxStrikes = 3;
const strikeWindowMs = 60_000;
const helloTimeoutMs = 5_000;

/** A hello of whatever version. */
const anyHello = z.looseObject({ type: z.literal('hello'), v: z.unknown().optional() });

/** Reads one message. Throws `protocol.*` saying what was expected. */
export const parseClientMessage = (text: string): ClientMessage => {
  if (Buffer.byteLength(text) > maxMessageBytes) {
    throw new TthError('protocol.message_too_large', 'The message is too large; send less text at a time.', {
      details: { maxBytes: maxMessageBytes },
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TthError('protocol.invalid_message', 'Expected one JSON object per message.', { cause });
  }
  const asked = anyHello.safeParse(value);
  if (asked.success && !supportedVersions.includes(asked.data.v as number)) {
    throw new TthError(
      'protocol.unsupported_version',
      'This server speaks another version of the protocol.',
      {
        details: { supported: supportedVersions },
      },
    );
  }
  const message = clientMessage.safeParse(value);
  if (message.success) return message.data;
  throw new TthError('protocol.invalid_message', 'The message does not follow the protocol.', {
    details: { problem: z.prettifyError(message.error).slice(0, 500) },
  });
};

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

/** So that a client can match a refusal to what it sent, even when the rest of the message is wrong. */
const clientMsgIdOf = (text: string): string | undefined => {
  if (text.length > maxMessageBytes) return undefined;
  try {
    return z.object({ clientMsgId: z.string().max(64) }).safeParse(JSON.parse(text)).data?.clientMsgId;
  } catch {
    return undefined;
  }
};
