import type { LlmInput } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { responsesOptions } from './options.ts';
import { responsesBody } from './responses-request.ts';

const bodyOf = (input: LlmInput, more: object = {}) =>
  responsesBody(responsesOptions.parse({ model: 'm1', ...more }), input, {
    language: 'en',
    maxOutputTokens: 300,
  });

describe('a request of the Responses API', () => {
  it('has the persona as instructions, the conversation as items, and has nothing kept', () => {
    const body = bodyOf({
      messages: [
        { role: 'system', content: 'You are a guide.' },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Good day.' },
        { role: 'user', content: 'What colour is the sea?' },
        { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'look', arguments: '{"at":1}' }] },
        { role: 'tool', content: '"blue"', toolCallId: 'a' },
      ],
    });

    expect(body).toEqual({
      model: 'm1',
      instructions: 'You are a guide.\n\nAnswer in English.',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Hello' }] },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Good day.' }] },
        { role: 'user', content: [{ type: 'input_text', text: 'What colour is the sea?' }] },
        { type: 'function_call', call_id: 'a', name: 'look', arguments: '{"at":1}' },
        { type: 'function_call_output', call_id: 'a', output: '"blue"' },
      ],
      max_output_tokens: 300,
      store: false,
      stream: true,
    });
  });

  it('has schema, tools and effort in the shapes of this API', () => {
    const schema = { type: 'object' };
    const messages = [{ role: 'user' as const, content: 'Hello' }];
    const tools = [{ name: 'look', description: 'Looks.', parameters: schema }];
    const responseFormat = { type: 'json_schema' as const, name: 'reply', schema };

    const body = bodyOf(
      { messages, tools, responseFormat },
      {
        reasoningEffort: 'low',
        verbosity: 'low',
        temperature: 1,
        topP: 0.5,
        extraBody: { service_tier: 'flex' },
      },
    );

    expect(body).toMatchObject({
      text: { format: { type: 'json_schema', name: 'reply', schema, strict: true }, verbosity: 'low' },
      tools: [{ type: 'function', name: 'look', description: 'Looks.', parameters: schema, strict: false }],
      reasoning: { effort: 'low' },
      temperature: 1,
      top_p: 0.5,
      service_tier: 'flex',
    });
  });
});
