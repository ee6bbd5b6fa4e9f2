import { TthError } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { createChatReader } from './chat-stream.ts';

const reader = (mayThink = false) =>
  createChatReader({
    mayThink,
    makeId: () => 'made',
    failOf: () => new TthError('provider.unavailable', 'It failed.'),
  });
const chunk = (choice: object | undefined, more: object = {}) => ({
  event: 'message',
  data: JSON.stringify({ choices: choice === undefined ? [] : [choice], ...more }),
});
const text = (content: string) => chunk({ delta: { content } });
const end = chunk({ delta: {}, finish_reason: 'stop' });
const bill = chunk(undefined, { usage: { prompt_tokens: 1, completion_tokens: 2 } });
const finish = { type: 'finish', reason: 'stop' };
const usage = { type: 'usage', inputTokens: 1, outputTokens: 2 };

describe('the reader of a chat stream', () => {
  it('holds the end back until the bill is there, or until nobody waits for it', () => {
    const [prompt, late] = [reader(), reader()];
    for (const each of [prompt, late]) {
      each.push(text('Hi'));
      expect(each.push(end)).toEqual([]);
      expect(each.state).toBe('finishing');
    }

    expect(prompt.push(bill)).toEqual([usage, finish]);
    expect(late.settle()).toEqual([finish]);
    expect(late.push(bill)).toEqual([usage]);
    expect([prompt.state, late.state]).toEqual(['over', 'over']);
  });

  it('takes a prompt of no tokens for one that nobody counted', () => {
    const uncounted = reader();
    for (const event of [text('Hi'), end]) uncounted.push(event);
    const nothing = chunk(undefined, { usage: { prompt_tokens: 0, completion_tokens: 0 } });

    expect(uncounted.push(nothing)).toEqual([finish]);
    expect(uncounted.count).toBeUndefined();
  });

  it('drops what comes after the end', () => {
    const over = reader();
    for (const event of [text('Hi'), end, bill]) over.push(event);

    expect([...over.push(text('more')), ...over.push(end), ...over.push(bill), ...over.end()]).toEqual([]);
  });

  it('counts what came, thinking and calls included, where nobody else does', () => {
    const counting = reader();
    counting.push(chunk({ delta: { reasoning: 'Hm, hm.' } }));
    const afterThinking = counting.writtenTokens;
    counting.push(chunk({ delta: { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] } }));
    const afterCall = counting.writtenTokens;
    counting.push(text('Hello there.'));

    expect(afterThinking).toBeGreaterThan(0);
    expect(afterCall).toBeGreaterThan(afterThinking);
    expect(counting.writtenTokens).toBeGreaterThan(afterCall);
  });

  it('does not speak what may be thinking when the answer is cut off in it', () => {
    const cut = chunk({ delta: {}, finish_reason: 'length' });
    const [cutOff, whole] = [reader(true), reader(true)];
    for (const each of [cutOff, whole]) each.push(text('Hm. The user wants'));

    expect([...cutOff.push(cut), ...cutOff.settle()]).toEqual([{ type: 'finish', reason: 'length' }]);
    expect([...whole.push(end), ...whole.settle()]).toEqual([
      { type: 'text_delta', text: 'Hm. The user wants' },
      finish,
    ]);
  });

  it('takes text in parts, leaving out those of thinking, and arguments as an object', () => {
    const parts = [
      { type: 'thinking', thinking: [] },
      { type: 'text', text: 'Hi' },
    ];
    const call = { index: '0', id: 'a', function: { name: 'look', arguments: { at: 1 } } };
    const given = reader();

    expect(given.push(chunk({ delta: { content: parts } }))).toEqual([{ type: 'text_delta', text: 'Hi' }]);
    given.push(chunk({ delta: { tool_calls: [call] }, finish_reason: 'tool_calls' }));

    expect(given.settle()).toEqual([
      { type: 'tool_call', id: 'a', name: 'look', arguments: '{"at":1}' },
      { type: 'finish', reason: 'tool_calls' },
    ]);
  });

  it.each(['content_filter', 'error'])('fails at an end of the kind "%s"', (finish_reason) => {
    expect(() => reader().push(chunk({ delta: {}, finish_reason }))).toThrow('It failed.');
  });

  it('takes fields that are empty, missing or of the wrong kind', () => {
    const tolerant = reader();
    const odd = [
      { choices: null },
      { choices: [{ index: 0, delta: null, finish_reason: null }] },
      { choices: [{ delta: { content: null, tool_calls: null } }], usage: { prompt_tokens: 'many' } },
      { choices: [{ delta: { content: 7 } }], unknown: {} },
    ];

    for (const data of odd) {
      expect(tolerant.push({ event: 'message', data: JSON.stringify(data) })).toEqual([]);
    }
  });
});
