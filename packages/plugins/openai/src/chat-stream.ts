import { type LlmOutput, TthError, estimateTokens, forgiveOne } from '@tth/core/plugin';
import * as z from 'zod';
import { type AnswerReader, type TokenCount, readCount, speak } from './answer.ts';
import { createThinkingFilter } from './thinking.ts';
import { createToolCallCollector } from './tool-calls.ts';

const text = z.string().nullish().catch(undefined);

/** Text as it is, or as the parts that some servers make of it, of which others than text are thinking. */
const content = z
  .union([
    z.string(),
    z
      .array(z.looseObject({ type: z.string(), text }))
      .transform((parts) => parts.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('')),
  ])
  .nullish()
  .catch(undefined);

/** JSON in a text, or the object that some servers send in its place. */
const writtenArguments = z
  .union([z.string(), z.looseObject({}).transform((value) => JSON.stringify(value))])
  .nullish()
  .catch(undefined);

/** What we read of a chunk; servers add, leave out and empty fields as they like. */
const chatChunk = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: z
          .looseObject({
            content,
            refusal: text,
            reasoning: text,
            reasoning_content: text,
            tool_calls: z
              .array(
                z.looseObject({
                  index: z.coerce.number().nullish().catch(undefined),
                  id: text,
                  function: z.looseObject({ name: text, arguments: writtenArguments }).nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        finish_reason: text,
      }),
    )
    .nullish(),
  usage: z
    .looseObject({ prompt_tokens: z.number(), completion_tokens: z.number() })
    .nullish()
    .catch(undefined),
  error: z.unknown().optional(),
});
type ChatChunk = z.output<typeof chatChunk>;
type ChatChoice = NonNullable<ChatChunk['choices']>[number];

/** Ends that are failures. */
const failing: readonly string[] = ['content_filter', 'error'];

const cut = (): TthError =>
  new TthError('provider.protocol_error', 'The answer of the model ended without its last marker.');

export interface ChatReaderOptions {
  /** Thinking may be on, so that it may begin inside the model's template. */
  readonly mayThink: boolean;
  readonly makeId: () => string;
  /** The coded error of a failure that the stream tells of. */
  readonly failOf: (body: unknown) => TthError;
}

/** Reads a stream of Chat Completions. Text comes at once, tool calls whole at the end; thinking never. */
export const createChatReader = ({ mayThink, makeId, failOf }: ChatReaderOptions): AnswerReader => {
  const thinking = createThinkingFilter(mayThink);
  const calls = createToolCallCollector(makeId);
  const parse = forgiveOne((data: string) => chatChunk.parse(JSON.parse(data)));
  let reason: string | undefined;
  let isRefusal = false;
  let isOver = false;
  let count: TokenCount | undefined;
  let writtenTokens = 0;

  const why = (hasCalls: boolean): (LlmOutput & { type: 'finish' })['reason'] => {
    if (hasCalls) return 'tool_calls';
    if (isRefusal) return 'refusal';
    return reason === 'length' ? 'length' : 'stop';
  };

  /** What was still to come of an answer whose end is known. Calls that were cut off are none. */
  const finish = (): LlmOutput[] => {
    if (isOver || reason === undefined) return [];
    isOver = true;
    const isCut = reason === 'length';
    const asked = isCut ? [] : calls.finish();
    return [
      ...speak(thinking.flush(isCut ? 'cut' : 'whole')),
      ...asked.map((call) => ({ type: 'tool_call' as const, ...call })),
      ...(count === undefined ? [] : [{ type: 'usage' as const, ...count }]),
      { type: 'finish', reason: why(asked.length > 0) },
    ];
  };

  const note = (delta: NonNullable<ChatChoice['delta']>): LlmOutput[] => {
    const { content, refusal, reasoning, reasoning_content, tool_calls } = delta;
    const thought = reasoning ?? reasoning_content ?? '';
    writtenTokens += estimateTokens(thought) + estimateTokens(content ?? '') + estimateTokens(refusal ?? '');
    const outputs = thought === '' ? [] : speak(thinking.release());
    if (content) outputs.push(...speak(thinking.push(content)));
    if (refusal) {
      isRefusal = true;
      outputs.push(...speak(thinking.release()), ...speak(refusal));
    }
    for (const { index, id, function: called } of tool_calls ?? []) {
      writtenTokens += estimateTokens(called?.arguments ?? '');
      calls.push({ index, id, name: called?.name, arguments: called?.arguments });
    }
    return outputs;
  };

  const read = ({ choices, usage }: ChatChunk): LlmOutput[] => {
    const before = count;
    if (usage) count = readCount(usage.prompt_tokens, usage.completion_tokens) ?? count;
    if (isOver) return before === undefined && count !== undefined ? [{ type: 'usage', ...count }] : [];
    const [choice] = choices ?? [];
    const outputs = reason === undefined && choice?.delta ? note(choice.delta) : [];
    if (choice?.finish_reason && failing.includes(choice.finish_reason)) {
      throw failOf({ error: { code: choice.finish_reason } });
    }
    if (choice?.finish_reason) reason ??= choice.finish_reason;
    const isBill = Boolean(usage) && choice === undefined;
    return isBill ? [...outputs, ...finish()] : outputs;
  };

  return {
    get state() {
      if (isOver) return 'over';
      return reason === undefined ? 'running' : 'finishing';
    },
    get count() {
      return count;
    },
    get writtenTokens() {
      return writtenTokens;
    },
    push: ({ event, data }) => {
      if (data === '[DONE]') {
        if (reason === undefined) throw cut();
        return finish();
      }
      const chunk = parse(data);
      if (chunk === undefined) return [];
      if (event !== 'error' && !chunk.error) return read(chunk);
      if (reason === undefined) throw failOf(chunk);
      return finish();
    },
    settle: finish,
    end: () => {
      if (reason === undefined) throw cut();
      return finish();
    },
  };
};
