import type { ChatMessage } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { trimConversation } from './trim.ts';

const say = (role: ChatMessage['role'], content: string): ChatMessage => ({ role, content });
const turns = (count: number): ChatMessage[] =>
  Array.from({ length: count }, (_, n) => [say('user', `q${n}`), say('assistant', `a${n}`)]).flat();
const words = (messages: readonly ChatMessage[] | undefined): string | undefined =>
  messages?.map(({ content }) => content).join(' ');

describe('a conversation that is too long', () => {
  it.each([
    [1, 'p now'],
    [2, 'p q1 a1 now'],
    [5, 'p q3 a3 q4 a4 now'],
  ])('of %i turns before the question loses the older half of them', (count, expected) => {
    const messages = [say('system', 'p'), ...turns(count), say('user', 'now')];

    expect(words(trimConversation(messages))).toBe(expected);
  });

  it('keeps what follows its question', () => {
    const messages = [...turns(1), say('user', 'now'), say('assistant', 'wait'), say('tool', 'done')];

    expect(words(trimConversation(messages))).toBe('now wait done');
  });

  it('of one question alone cannot be shortened', () => {
    expect(trimConversation([say('system', 'p'), say('user', 'now')])).toBeUndefined();
    expect(trimConversation([say('system', 'p')])).toBeUndefined();
  });
});
