import { describe, expect, it } from 'vitest';
import { clientMessage, maxTextLength, sessionRequest } from './client-message.ts';

const userText = (text: unknown) => clientMessage.safeParse({ type: 'user_text', clientMsgId: 'm1', text });

describe('client message', () => {
  it('takes a text of the full length and refuses one character more, saying the limit', () => {
    expect(userText('x'.repeat(maxTextLength)).success).toBe(true);

    const tooLong = userText('x'.repeat(maxTextLength + 1));
    expect(tooLong.error?.issues[0]?.message).toContain('4000 characters');
  });

  it.each([
    ['empty text', ''],
    ['blank text', ' \n\t '],
    ['a lone surrogate', 'a\ud800b'],
    ['a number', 7],
    ['nothing', undefined],
  ])('refuses %s', (_name, text) => {
    expect(userText(text).success).toBe(false);
  });

  it('refuses unknown types and unknown fields', () => {
    expect(clientMessage.safeParse({ type: 'sing' }).success).toBe(false);
    expect(clientMessage.safeParse({ type: 'ping', extra: 1 }).success).toBe(false);
    expect(clientMessage.safeParse(JSON.parse('{"type":"ping","__proto__":{}}')).success).toBe(false);
  });

  it('refuses numbers that are not finite or out of range', () => {
    const credit = (audioMs: unknown) =>
      clientMessage.safeParse({ type: 'credit', audioMs, videoMs: 0 }).success;

    expect(credit(400)).toBe(true);
    for (const bad of [-1, Number.POSITIVE_INFINITY, Number.NaN, 1e9, '400']) expect(credit(bad)).toBe(false);
  });

  it('fills in what a client accepts when it does not say', () => {
    expect(sessionRequest.parse({})).toEqual({ accepts: { audio: ['pcm_s16le'], video: [] } });
  });

  it('refuses a control that does not exist, and names it', () => {
    const result = clientMessage.safeParse({
      type: 'controls',
      clientMsgId: '1',
      controls: { emotion: { mood: 'happy' } },
    });

    expect(result.error?.issues[0]).toMatchObject({ path: ['controls', 'emotion'], keys: ['mood'] });
  });

  it.each(['joyful', '+20%', 1e9, true, null])(
    'takes %j as a value: what it means is decided later',
    (value) => {
      const controls = { emotion: { label: value }, character: { rate: value }, strict: true };

      expect(clientMessage.parse({ type: 'controls', clientMsgId: '1', controls })).toMatchObject({
        controls,
      });
    },
  );

  it.each([[{}], [['happy']], 'x'.repeat(2_001), Number.NaN])(
    'refuses a value that is no value: %j',
    (value) => {
      const controls = { emotion: { label: value } };

      expect(clientMessage.safeParse({ type: 'controls', clientMsgId: '1', controls }).success).toBe(false);
    },
  );
});
