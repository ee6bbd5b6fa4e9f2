import { describe, expect, it } from 'vitest';
import type { ConversationTurn } from '../plugin/services.ts';
import { guardInput } from './guard.ts';
import { buildPrompt } from './prompt.ts';

const turn = (
  user: string | undefined,
  heard: string,
  heardSource: ConversationTurn['heardSource'] = 'complete',
) => ({
  turnId: 't',
  user,
  reply: `${heard} and what nobody heard`,
  heard,
  heardSource,
  outcome: 'completed' as const,
});

describe('prompt', () => {
  it('begins with the character and ends with the question', () => {
    const messages = buildPrompt('You are Mira.', [], 'Who are you?', 1_000);

    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(messages[0]?.content).toMatch(/^You are Mira\./);
    expect(messages[1]?.content).toBe('Who are you?');
  });

  it('holds what the user heard, with a mark where it broke off', () => {
    const history = [
      turn('One?', 'First.'),
      turn('Two?', 'Sec', 'client'),
      turn(undefined, 'Said.'),
      turn('Mute?', ''),
    ];

    const messages = buildPrompt('p', history, 'Now?', 1_000);

    expect(messages.slice(1).map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'user: One?',
      'assistant: First.',
      'user: Two?',
      'assistant: Sec…',
      'assistant: Said.',
      'user: Mute?',
      'user: Now?',
    ]);
  });

  it('forgets the oldest turns first when it grows too long', () => {
    const history = Array.from({ length: 10 }, (_, i) => turn(`question ${i}`, 'x'.repeat(90)));

    const messages = buildPrompt('p', history, 'Now?', 320);

    expect(messages.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual([
      'question 7',
      'question 8',
      'question 9',
      'Now?',
    ]);
  });
});

describe('input guard', () => {
  it('takes out what cannot be seen and brings text to one form', () => {
    expect(guardInput('  Cafe\u0301\u200b\u0000 \ud800ok\u{e0041} ', 100)).toBe('Café \ufffdok');
    expect(guardInput('two\nlines\tand a tab', 100)).toBe('two\nlines\tand a tab');
  });

  it('refuses what is empty or too long and says which', () => {
    expect(() => guardInput('\u200b \n', 100)).toThrow(/empty/);
    expect(() => guardInput('x'.repeat(101), 100)).toThrow(
      expect.objectContaining({ code: 'guard.input_rejected', details: { maxLength: 100 } }),
    );
    expect(guardInput('x'.repeat(100), 100)).toHaveLength(100);
  });
});
