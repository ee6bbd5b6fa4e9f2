import type { ChatMessage, LlmControl, LlmInput, ResponseFormat, ToolCall } from '@tth/core/plugin';
import type OpenAI from 'openai';
import type { Fields, Flavour, Structured } from './flavours.ts';
import { instruct } from './instructions.ts';
import { type ChatOptions, resolve } from './options.ts';

type ChatBody = OpenAI.ChatCompletionCreateParamsStreaming;

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** Servers read the arguments of earlier calls and fail on those that a model has written wrongly. */
export const safeArguments = ({ arguments: text }: ToolCall): string => (isObject(text) ? text : '{}');

const writeMessage = (
  { role, content, toolCalls, toolCallId }: ChatMessage,
  instructions: Flavour['instructions'],
): OpenAI.ChatCompletionMessageParam => {
  if (role === 'system') return { role: instructions, content };
  if (role === 'tool') return { role, content, tool_call_id: toolCallId ?? '' };
  if (role === 'user' || toolCalls === undefined) return { role, content };
  return {
    role,
    content,
    tool_calls: toolCalls.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: safeArguments(call) },
    })),
  };
};

const formats: Readonly<
  Record<Exclude<Structured, 'none'>, (format: ResponseFormat) => ChatBody['response_format'] & object>
> = {
  strict: ({ name, schema }) => ({ type: 'json_schema', json_schema: { name, schema, strict: true } }),
  schema: ({ name, schema }) => ({ type: 'json_schema', json_schema: { name, schema } }),
  json: () => ({ type: 'json_object' }),
};

/** Fields that are always ours, whatever the options add. */
export const chatBody = (options: ChatOptions, input: LlmInput, control: LlmControl): ChatBody => {
  const { flavour, structured, tools, continues } = resolve(options);
  const format = structured === 'none' ? undefined : input.responseFormat;
  const messages = instruct(
    input.messages,
    control.language,
    structured === 'json' ? input.responseFormat : undefined,
  );
  const written = messages.map((message) => writeMessage(message, flavour.instructions));
  const last = written.at(-1);
  const isBegun = continues && last?.role === 'assistant' && last.tool_calls === undefined;
  const goOn = isBegun ? flavour.continuing : undefined;
  if (goOn !== undefined) Object.assign(last!, goOn.message);

  const optional: Fields = {
    ...flavour.thinking[options.thinking],
    ...(options.reasoningEffort && { reasoning_effort: options.reasoningEffort }),
    ...(options.verbosity && { verbosity: options.verbosity }),
    ...(options.temperature !== undefined && { temperature: options.temperature }),
    ...(options.topP !== undefined && { top_p: options.topP }),
    ...(control.maxOutputTokens !== undefined && { [flavour.tokenLimit]: control.maxOutputTokens }),
    ...(format && structured !== 'none' && { response_format: formats[structured](format) }),
    ...(tools &&
      input.tools &&
      input.tools.length > 0 && {
        tools: input.tools.map(({ name, description, parameters }) => ({
          type: 'function',
          function: { name, description, parameters },
        })),
      }),
    ...flavour.counting,
    ...options.extraBody,
    ...goOn?.request,
  };
  return { ...optional, model: options.model, messages: written, stream: true };
};
