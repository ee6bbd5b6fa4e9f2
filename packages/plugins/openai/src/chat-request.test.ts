import type { LlmInput } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { chatBody } from './chat-request.ts';
import type { FlavourName } from './flavours.ts';
import { capabilitiesOf, chatOptions } from './options.ts';

const optionsOf = (flavour: FlavourName, more: object = {}) =>
  chatOptions.parse({ flavour, model: 'm1', baseUrl: 'http://host/v1', apiKey: 'KEY', ...more });
const schema = { type: 'object', properties: { text: { type: 'string' } } };
const input: LlmInput = {
  messages: [
    { role: 'system', content: 'You are a guide.' },
    { role: 'user', content: 'Hello' },
  ],
};
const full: LlmInput = {
  ...input,
  tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }],
  responseFormat: { type: 'json_schema', name: 'reply', schema },
};
const control = { language: 'de-DE', maxOutputTokens: 300 };
const bodyOf = (flavour: FlavourName, more: object = {}, asked: LlmInput = full) =>
  chatBody(optionsOf(flavour, more), asked, control) as unknown as Record<string, unknown>;

/** What every server is sent. */
const always = ['messages', 'model', 'stream'];

/** What each is sent beside that with tools, a schema and a limit, and nothing else. */
const fields: Readonly<Record<FlavourName, Readonly<Record<string, unknown>>>> = {
  openai: {
    max_completion_tokens: 300,
    response_format: { type: 'json_schema', json_schema: { name: 'reply', schema, strict: true } },
    stream_options: { include_usage: true },
  },
  dashscope: {
    enable_thinking: false,
    max_tokens: 300,
    response_format: { type: 'json_object' },
    stream_options: { include_usage: true },
  },
  vllm: {
    chat_template_kwargs: { enable_thinking: false },
    max_tokens: 300,
    response_format: { type: 'json_schema', json_schema: { name: 'reply', schema } },
    stream_options: { include_usage: true, continuous_usage_stats: true },
  },
  ollama: {
    reasoning_effort: 'none',
    max_tokens: 300,
    response_format: { type: 'json_schema', json_schema: { name: 'reply', schema } },
    stream_options: { include_usage: true },
  },
  lmstudio: {
    max_tokens: 300,
    response_format: { type: 'json_schema', json_schema: { name: 'reply', schema } },
    stream_options: { include_usage: true },
  },
  litellm: { max_tokens: 300, stream_options: { include_usage: true } },
  generic: { max_tokens: 300 },
};
const names = Object.keys(fields) as FlavourName[];

describe('a request of Chat Completions', () => {
  it.each(names)('to %s has the fields of that flavour and no other', (flavour) => {
    const { messages: _messages, model, stream, tools, ...rest } = bodyOf(flavour);

    expect(rest).toEqual(fields[flavour]);
    expect({ model, stream }).toEqual({ model: 'm1', stream: true });
    expect(tools === undefined).toBe(flavour === 'generic');
  });

  it.each(names)('to %s without anything special is as small as can be', (flavour) => {
    const plain = chatBody(optionsOf(flavour), input, { language: 'en' });
    const own = Object.keys(fields[flavour]).filter((name) => !/max_|response_format/.test(name));

    expect(Object.keys(plain).toSorted()).toEqual([...always, ...own].toSorted());
  });

  it('tells the persona as developer to OpenAI and as system to everybody else', () => {
    const roles = names.map((name) => (bodyOf(name)['messages'] as { role: string }[])[0]?.role);

    expect(roles).toEqual(['developer', 'system', 'system', 'system', 'system', 'system', 'system']);
  });

  it('names the language of the answer', () => {
    const { messages } = bodyOf('openai', {}, input);

    expect(messages).toEqual([
      { role: 'developer', content: 'You are a guide.\n\nAnswer in German (Germany).' },
      { role: 'user', content: 'Hello' },
    ]);
  });

  it('puts the schema into words where a server knows JSON but no schemas, unless the prompt has it', () => {
    const instructionOf = (content: string): string => {
      const messages = [{ role: 'system' as const, content }, ...input.messages.slice(1)];
      const body = bodyOf('dashscope', {}, { ...full, messages });
      return (body['messages'] as { content: string }[])[0]!.content;
    };

    expect(instructionOf('Be brief.')).toContain(`Answer in JSON that follows this schema: {"type":"object"`);
    expect(instructionOf('Answer in JSON like {}.')).not.toContain('this schema');
  });

  it('asks newer Qwen models for a schema', () => {
    const formatOf = (model: string): unknown => bodyOf('dashscope', { model })['response_format'];

    expect(formatOf('qwen3.7-plus')).toMatchObject({ type: 'json_schema' });
    expect(formatOf('qwen-plus')).toEqual({ type: 'json_object' });
  });

  it('switches thinking on where that is wanted, and sets effort where it is known', () => {
    expect(bodyOf('vllm', { thinking: 'on' })['chat_template_kwargs']).toEqual({ enable_thinking: true });
    expect(bodyOf('dashscope', { thinking: 'on' })['enable_thinking']).toBe(true);
    expect(bodyOf('ollama', { thinking: 'on' })).not.toHaveProperty('reasoning_effort');
    expect(bodyOf('openai', { reasoningEffort: 'low', verbosity: 'low' })).toMatchObject({
      reasoning_effort: 'low',
      verbosity: 'low',
    });
  });

  it('adds what the options add, but never in the place of the conversation', () => {
    const extraBody = { top_k: 20, messages: [], model: 'other', stream: false };

    expect(bodyOf('vllm', { extraBody, temperature: 0.7, topP: 0.8 })).toMatchObject({
      top_k: 20,
      temperature: 0.7,
      top_p: 0.8,
      model: 'm1',
      stream: true,
      messages: [{}, {}],
    });
  });

  it('writes calls of tools and their results, and none with arguments that are no JSON', () => {
    const toolCalls = [
      { id: 'a', name: 'look', arguments: '{"at":1}' },
      { id: 'b', name: 'look', arguments: '{"at":' },
    ];
    const messages = [
      ...input.messages,
      { role: 'assistant' as const, content: '', toolCalls },
      { role: 'tool' as const, content: '"blue"', toolCallId: 'a' },
    ];

    const body = bodyOf('vllm', {}, { messages });

    expect((body['messages'] as object[]).slice(2)).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
          { id: 'b', type: 'function', function: { name: 'look', arguments: '{}' } },
        ],
      },
      { role: 'tool', content: '"blue"', tool_call_id: 'a' },
    ]);
  });

  it('goes on with a begun answer where the server can, in its own way', () => {
    const begun = { messages: [...input.messages, { role: 'assistant' as const, content: 'The sea' }] };
    const lastOf = (flavour: FlavourName): unknown =>
      (bodyOf(flavour, {}, begun)['messages'] as object[]).at(-1);

    expect(bodyOf('vllm', {}, begun)).toMatchObject({
      continue_final_message: true,
      add_generation_prompt: false,
    });
    expect(lastOf('dashscope')).toEqual({ role: 'assistant', content: 'The sea', partial: true });
    expect(lastOf('openai')).toEqual({ role: 'assistant', content: 'The sea' });
    expect(bodyOf('vllm')).not.toHaveProperty('continue_final_message');
  });
});

describe('the capabilities of a flavour', () => {
  it.each<[FlavourName, object]>([
    ['openai', { structured: true, tools: true, continuePrefix: false }],
    ['dashscope', { structured: true, tools: true, continuePrefix: true }],
    ['vllm', { structured: true, tools: true, continuePrefix: true }],
    ['ollama', { structured: true, tools: true, continuePrefix: false, maxCallsInFlight: 4 }],
    ['lmstudio', { structured: true, tools: true, continuePrefix: false, maxCallsInFlight: 2 }],
    ['litellm', { structured: false, tools: true, continuePrefix: false }],
    ['generic', { structured: false, tools: false, continuePrefix: false }],
  ])('%s', (flavour, expected) => {
    expect(capabilitiesOf(optionsOf(flavour))).toEqual({ stage: 'llm', ...expected });
  });

  it('are what the options say where they say something', () => {
    const options = optionsOf('generic', {
      structured: 'schema',
      tools: true,
      continuePrefix: true,
      maxCallsInFlight: 1,
    });

    expect(capabilitiesOf(options)).toEqual({
      stage: 'llm',
      structured: true,
      tools: true,
      continuePrefix: true,
      maxCallsInFlight: 1,
    });
  });

  it('has no begun answer gone on with while the model thinks', () => {
    expect(capabilitiesOf(optionsOf('vllm', { thinking: 'on' })).continuePrefix).toBe(false);
  });
});
