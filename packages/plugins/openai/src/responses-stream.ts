import { type LlmOutput, TthError, estimateTokens, forgiveOne } from '@tth/core/plugin';
import * as z from 'zod';
import { type AnswerReader, type TokenCount, readCount, speak } from './answer.ts';
import { createThinkingFilter } from './thinking.ts';

const text = z.string().nullish().catch(undefined);

/** What we read of an event; there are dozens of types and more every year. */
const responseEvent = z.looseObject({
  type: z.string().default(''),
  delta: text,
  arguments: text,
  item_id: text,
  item: z
    .looseObject({ id: text, type: text, phase: text, call_id: text, name: text, arguments: text })
    .nullish()
    .catch(undefined),
  response: z
    .looseObject({
      usage: z
        .looseObject({ input_tokens: z.number(), output_tokens: z.number() })
        .nullish()
        .catch(undefined),
      incomplete_details: z.looseObject({ reason: text }).nullish().catch(undefined),
      error: z.unknown().optional(),
    })
    .nullish()
    .catch(undefined),
  error: z.unknown().optional(),
});
type ResponseEvent = z.output<typeof responseEvent>;
type FinishReason = (LlmOutput & { type: 'finish' })['reason'];

const cut = (): TthError =>
  new TthError('provider.protocol_error', 'The answer of the model ended without its last event.');

export interface ResponsesReaderOptions {
  readonly makeId: () => string;
  /** The coded error of a failure that the stream tells of. */
  readonly failOf: (body: unknown) => TthError;
}

/** Reads a stream of the Responses API. Text of the final answer comes at once; thinking and remarks never. */
export const createResponsesReader = ({ makeId, failOf }: ResponsesReaderOptions): AnswerReader => {
  const thinking = createThinkingFilter(false);
  const parse = forgiveOne((data: string) => responseEvent.parse(JSON.parse(data)));
  /** Items of the answer that are asides of the model. */
  const asides = new Set<string>();
  const calls = new Map<string, { readonly id: string; readonly name: string }>();
  let hasCalls = false;
  let isRefusal = false;
  let isOver = false;
  let count: TokenCount | undefined;
  let writtenTokens = 0;

  const finish = ({ response }: ResponseEvent, reason: FinishReason): LlmOutput[] => {
    isOver = true;
    const usage = response?.usage;
    if (usage) count = readCount(usage.input_tokens, usage.output_tokens);
    return [
      ...speak(thinking.flush()),
      ...(count === undefined ? [] : [{ type: 'usage' as const, ...count }]),
      { type: 'finish', reason },
    ];
  };

  const complete = (event: ResponseEvent): LlmOutput[] => {
    if (hasCalls) return finish(event, 'tool_calls');
    return finish(event, isRefusal ? 'refusal' : 'stop');
  };

  const breakOff = (event: ResponseEvent): LlmOutput[] => {
    const reason = event.response?.incomplete_details?.reason;
    if (reason === 'content_filter') throw failOf({ error: { code: reason } });
    return finish(event, 'length');
  };

  const begin = ({ item }: ResponseEvent): LlmOutput[] => {
    const { id, type, phase, call_id, name } = item ?? {};
    if (id && phase === 'commentary') asides.add(id);
    if (type === 'function_call' && id && name) calls.set(id, { id: call_id || makeId(), name });
    return [];
  };

  const callTool = (itemId: string, written: string): LlmOutput[] => {
    const call = calls.get(itemId);
    if (call === undefined) return [];
    calls.delete(itemId);
    hasCalls = true;
    return [{ type: 'tool_call', ...call, arguments: written.trim() === '' ? '{}' : written }];
  };

  /** What an event does, by its type; others do nothing. */
  const readers: Readonly<Record<string, (event: ResponseEvent) => LlmOutput[]>> = {
    'response.output_item.added': begin,
    'response.output_text.delta': ({ delta, item_id }) =>
      delta && !asides.has(item_id ?? '') ? speak(thinking.push(delta)) : [],
    'response.refusal.delta': ({ delta }) => {
      isRefusal = true;
      return speak(delta ?? '');
    },
    'response.function_call_arguments.done': ({ item_id, arguments: written }) =>
      callTool(item_id ?? '', written ?? ''),
    'response.output_item.done': (event) => {
      const { item } = event;
      if (item?.type !== 'function_call' || !item.id) return [];
      return callTool(item.id, item.arguments ?? '');
    },
    'response.completed': complete,
    'response.incomplete': breakOff,
    'response.failed': ({ response }) => {
      throw failOf({ error: response?.error ?? {} });
    },
    error: (event) => {
      throw failOf(event.error ? event : { error: event });
    },
  };

  return {
    get state() {
      return isOver ? 'over' : 'running';
    },
    get count() {
      return count;
    },
    get writtenTokens() {
      return writtenTokens;
    },
    push: ({ event, data }) => {
      if (isOver || data === '[DONE]') return [];
      const parsed = parse(data);
      if (parsed === undefined) return [];
      writtenTokens += estimateTokens(parsed.delta ?? '');
      const type = parsed.type === '' ? event : parsed.type;
      if (parsed.error && type !== 'error') throw failOf(parsed);
      return readers[type]?.(parsed) ?? [];
    },
    settle: () => [],
    end: () => {
      if (!isOver) throw cut();
      return [];
    },
  };
};
