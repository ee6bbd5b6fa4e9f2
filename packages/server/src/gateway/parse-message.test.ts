import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTthError } from '@tth/core';
import { parseClientMessage } from './parse-message.ts';

const codeOf = (text: string): string | undefined => {
  try {
    parseClientMessage(text);
    return undefined;
  } catch (error) {
    return isTthError(error) ? error.code : 'not a typed error';
  }
};

describe('reading a client message', () => {
  it('gives the message with its defaults', () => {
    expect(parseClientMessage('{"type":"hello","v":1}')).toMatchObject({
      accepts: { audio: ['pcm_s16le'], video: [] },
    });
  });

  it.each([
    ['nothing', '', 'protocol.invalid_message'],
    ['null', 'null', 'protocol.invalid_message'],
    ['a string', '"hello"', 'protocol.invalid_message'],
    ['a hello of version 2', '{"type":"hello","v":2}', 'protocol.unsupported_version'],
    ['a hello without a version', '{"type":"hello"}', 'protocol.unsupported_version'],
    ['an infinite number', '{"type":"ping","t":1e999}', 'protocol.invalid_message'],
    ['8,000 open brackets', '['.repeat(8_000), 'protocol.invalid_message'],
    ['more than 16 KiB', `"${'x'.repeat(16 * 1024)}"`, 'protocol.message_too_large'],
    ['a prototype key', '{"type":"ping","__proto__":{"type":"hello"}}', 'protocol.invalid_message'],
  ])('refuses %s', (_name, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('never throws anything but a typed error, whatever arrives', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(codeOf(text)).not.toBe('not a typed error');
      }),
    );
  });
});
