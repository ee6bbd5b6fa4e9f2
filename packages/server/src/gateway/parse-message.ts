import * as z from 'zod';
import { TthError } from '@tth/core';
import { type ClientMessage, clientMessage, maxMessageBytes, supportedVersions } from '@tth/protocol';

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

/** So that a client can match a refusal to what it sent, even when the rest of the message is wrong. */
export const clientMsgIdOf = (text: string): string | undefined => {
  if (text.length > maxMessageBytes) return undefined;
  try {
    return z.object({ clientMsgId: z.string().max(64) }).safeParse(JSON.parse(text)).data?.clientMsgId;
  } catch {
    return undefined;
  }
};
