import { describe, expect, it } from 'vitest';
import type { ConversationTurn } from '../plugin/services.ts';
import fc from 'fast-check';
import { estimatePromptTokens, estimateTokens } from '../domain/estimate-tokens.ts';
import { type PromptOptions, buildPrompt, withoutTools } from './prompt.ts';

const build = (given: Partial<PromptOptions>) =>
  buildPrompt({
    systemPrompt: 'p',
    history: [],
    question: 'Now?',
    hints: 'tags',
    budgetTokens: 8_000,
    answerTokens: 1_000,
    ...given,
  });

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
    const messages = build({ systemPrompt: 'You are Mira.', question: 'Who are you?' });

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
      turn('Cut?', '', 'pacing'),
      turn(undefined, '', 'pacing'),
    ];

    const messages = build({ history });

    expect(messages.slice(1).map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'user: One?',
      'assistant: First.',
      'user: Two?',
      'assistant: Sec…',
      'assistant: Said.',
      'user: Mute?',
      'user: Cut?',
      'assistant: …',
      'user: Now?',
    ]);
  });

  it('forgets the oldest turns first when it grows too long, and keeps room for the answer', () => {
    const history = Array.from({ length: 10 }, (_, i) => turn(`question ${i}`, 'x'.repeat(88)));
    const perTurn = 4 + 3 + 4 + 22;
    const frame = estimatePromptTokens(build({}));

    const messages = build({ history, answerTokens: 500, budgetTokens: 500 + frame + 3 * perTurn });
    const fewer = build({ history, answerTokens: 501, budgetTokens: 500 + frame + 3 * perTurn });

    const questions = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
    expect(questions).toEqual(['question 7', 'question 8', 'question 9', 'Now?']);
    expect(fewer.filter(({ role }) => role === 'user')).toHaveLength(3);
  });

  it('never exceeds its budget by more than persona and question', () => {
    const words = fc.string({ unit: fc.constantFrom('a ', '語', 'ж', '😀', '.'), maxLength: 200 });
    const turns = fc.array(
      fc
        .record({ user: fc.option(words, { nil: undefined }), heard: words })
        .map(({ user, heard }) => turn(user, heard)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(turns, fc.nat(2_000), fc.nat(2_000), (history, budgetTokens, answerTokens) => {
        const frame = estimatePromptTokens(build({}));

        const messages = build({ history, budgetTokens, answerTokens });

        const used = estimatePromptTokens(messages) + answerTokens;
        expect(used <= budgetTokens || used === frame + answerTokens).toBe(true);
        expect(messages.at(-1)?.content).toBe('Now?');
      }),
    );
  });

  it('asks for tags or for JSON, and says the same otherwise', () => {
    const [tags] = build({ hints: 'tags' });
    const [structured] = build({ hints: 'structured' });

    expect(tags?.content).toMatch(/\[happy:0\.7\]/);
    expect(tags?.content).not.toMatch(/JSON/);
    expect(structured?.content).toMatch(/JSON: \{"segments"/);
    expect(structured?.content).not.toMatch(/\[happy/);
  });

  it('tells a model without tools in words what tools returned', () => {
    expect(
      withoutTools([
        { role: 'user', content: 'Rain?' },
        { role: 'assistant', content: '', toolCalls: [{ id: '1', name: 'weather', arguments: '{}' }] },
        { role: 'tool', toolCallId: '1', content: 'rain' },
        {
          role: 'assistant',
          content: 'Let me see.',
          toolCalls: [{ id: '2', name: 'clock', arguments: '{}' }],
        },
        { role: 'tool', toolCallId: '2', content: 'noon' },
      ]),
    ).toEqual([
      { role: 'user', content: 'Rain?' },
      { role: 'user', content: 'Result of weather: rain' },
      { role: 'assistant', content: 'Let me see.' },
      { role: 'user', content: 'Result of clock: noon' },
    ]);
  });
});

describe('token estimate', () => {
  it.each([
    ['', 0],
    ['four', 1],
    ['Hello, world.', 4],
    ['Grüße', 2],
    ['привет', 3],
    ['你好', 3],
    ['한국', 3],
    ['😀', 2],
  ])('of %j is %i', (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens);
  });
});
