import type { ChatMessage, LlmControl, LlmInput } from '@tth/core/plugin';
import type OpenAI from 'openai';
import { safeArguments } from './chat-request.ts';
import type { Fields } from './flavours.ts';
import { instruct } from './instructions.ts';
import { type ResponsesOptions, resolve } from './options.ts';

type ResponsesBody = OpenAI.Responses.ResponseCreateParamsStreaming;

const writeItems = (message: ChatMessage): Fields[] => {
  const { role, content, toolCalls = [], toolCallId } = message;
  if (role === 'tool') return [{ type: 'function_call_output', call_id: toolCallId ?? '', output: content }];
  const type = role === 'assistant' ? 'output_text' : 'input_text';
  const said = content === '' ? [] : [{ role, content: [{ type, text: content }] }];
  const calls = toolCalls.map((call) => ({
    type: 'function_call',
    call_id: call.id,
    name: call.name,
    arguments: safeArguments(call),
  }));
  return [...said, ...calls];
};

const writeFormat = (
  { name, schema }: NonNullable<LlmInput['responseFormat']>,
  structured: 'strict' | 'schema' | 'json',
): Fields =>
  structured === 'json'
    ? { type: 'json_object' }
    : { type: 'json_schema', name, schema, ...(structured === 'strict' && { strict: true }) };

export const responsesBody = (
  options: ResponsesOptions,
  input: LlmInput,
  control: LlmControl,
): ResponsesBody => {
  const { structured, tools } = resolve(options);
  const format = structured === 'none' ? undefined : input.responseFormat;
  const messages = instruct(input.messages, control.language, structured === 'json' ? format : undefined);
  const isInstruction = ({ role }: ChatMessage): boolean => role === 'system';
  const text: Fields = {
    ...(format && structured !== 'none' && { format: writeFormat(format, structured) }),
    ...(options.verbosity && { verbosity: options.verbosity }),
  };

  const optional: Fields = {
    ...(options.reasoningEffort && { reasoning: { effort: options.reasoningEffort } }),
    ...(options.temperature !== undefined && { temperature: options.temperature }),
    ...(options.topP !== undefined && { top_p: options.topP }),
    ...(control.maxOutputTokens !== undefined && { max_output_tokens: control.maxOutputTokens }),
    ...(Object.keys(text).length > 0 && { text }),
    ...(tools &&
      input.tools &&
      input.tools.length > 0 && {
        tools: input.tools.map(({ name, description, parameters }) => ({
          type: 'function',
          name,
          description,
          parameters,
          // Strict is the default here, and stricter than most schemas of tools are.
          strict: false,
        })),
      }),
    ...options.extraBody,
  };
  return {
    ...optional,
    model: options.model,
    instructions: messages
      .filter(isInstruction)
      .map(({ content }) => content)
      .join('\n\n'),
    input: messages
      .filter((message) => !isInstruction(message))
      .flatMap(writeItems) as unknown as OpenAI.Responses.ResponseInput,
    store: options.store,
    stream: true,
  };
};
