import type { FakeReply } from './chat-wire.ts';
import { usageOf } from './chat-wire.ts';

// What the Responses API writes, event by event.

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

const inPieces = (text: string, length: number): string[] =>
  text.match(new RegExp(`[^]{1,${length}}`, 'gu')) ?? [];

/** How a response may end other than well. */
export interface ResponseEnd {
  readonly incomplete?: string;
  readonly failed?: { readonly code: string; readonly message: string };
}

/** One item of the output as it grows. */
function* messageEvents(
  text: string,
  refusal: boolean,
  at: number,
  cut: number,
  phase?: string,
): Generator<Event, void> {
  const id = `msg_${at}`;
  const place = { item_id: id, output_index: at, content_index: 0 };
  const item = { id, type: 'message', role: 'assistant', ...(phase && { phase }) };
  const part = refusal ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [] };
  const empty = refusal ? { ...part, refusal: '' } : { ...part, text: '' };
  const kind = refusal ? 'refusal' : 'output_text';
  yield {
    type: 'response.output_item.added',
    output_index: at,
    item: { ...item, status: 'in_progress', content: [] },
  };
  yield { type: 'response.content_part.added', ...place, part: empty };
  for (const delta of inPieces(text, cut))
    yield { type: `response.${kind}.delta`, ...place, delta, logprobs: [] };
  yield {
    type: `response.${kind}.done`,
    ...place,
    ...(refusal ? { refusal: text } : { text }),
    logprobs: [],
  };
  yield { type: 'response.content_part.done', ...place, part };
  yield {
    type: 'response.output_item.done',
    output_index: at,
    item: { ...item, status: 'completed', content: [part] },
  };
}

function* callEvents(name: string, written: string, callId: string, at: number): Generator<Event, void> {
  const id = `fc_${at}`;
  const item = { id, type: 'function_call', call_id: callId, name };
  yield {
    type: 'response.output_item.added',
    output_index: at,
    item: { ...item, status: 'in_progress', arguments: '' },
  };
  const place = { item_id: id, output_index: at };
  for (const delta of inPieces(written, 4)) {
    yield { type: 'response.function_call_arguments.delta', ...place, delta };
  }
  yield { type: 'response.function_call_arguments.done', ...place, name, arguments: written };
  yield {
    type: 'response.output_item.done',
    output_index: at,
    item: { ...item, status: 'completed', arguments: written },
  };
}

function* thinkingEvents(text: string, at: number, cut: number): Generator<Event, void> {
  const id = `rs_${at}`;
  const place = { item_id: id, output_index: at, content_index: 0 };
  const part = { type: 'reasoning_text', text };
  yield {
    type: 'response.output_item.added',
    output_index: at,
    item: { id, type: 'reasoning', summary: [], content: [] },
  };
  yield { type: 'response.content_part.added', ...place, part: { ...part, text: '' } };
  for (const delta of inPieces(text, cut)) yield { type: 'response.reasoning_text.delta', ...place, delta };
  yield { type: 'response.reasoning_text.done', ...place, text };
  yield { type: 'response.content_part.done', ...place, part };
  yield {
    type: 'response.output_item.done',
    output_index: at,
    item: { id, type: 'reasoning', summary: [], content: [part] },
  };
}

function* outputEvents({
  text,
  thinking,
  refusal,
  toolCalls = [],
  cut = 5,
}: FakeReply): Generator<Event, void> {
  let at = 0;
  if (thinking !== undefined) yield* thinkingEvents(thinking.text, at++, cut);
  if (text !== undefined) yield* messageEvents(text, false, at++, cut, 'final_answer');
  if (refusal !== undefined) yield* messageEvents(refusal, true, at++, cut);
  for (const { id = 'call_1', name, arguments: written } of toolCalls) {
    yield* callEvents(name, written, id, at++);
  }
}

/** The events of a streamed response, numbered. */
export function* responseEvents(reply: FakeReply, model: string, end: ResponseEnd): Generator<Event, void> {
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1_795_305_600,
    model,
    error: null as unknown,
    incomplete_details: null as unknown,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
  };
  const output: unknown[] = [];
  let number = 0;
  const numbered = (event: Event): Event => ({ ...event, sequence_number: number++ });
  yield numbered({ type: 'response.created', response: { ...response, output: [], status: 'in_progress' } });
  yield numbered({
    type: 'response.in_progress',
    response: { ...response, output: [], status: 'in_progress' },
  });
  for (const event of outputEvents(reply)) {
    if (event.type === 'response.output_item.done') output.push(event['item']);
    yield numbered(event);
  }
  const counted = usageOf(reply);
  const usage = {
    input_tokens: counted.prompt_tokens,
    output_tokens: counted.completion_tokens,
    total_tokens: counted.total_tokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens_details: { reasoning_tokens: 0 },
  };
  if (end.failed !== undefined) {
    yield numbered({
      type: 'response.failed',
      response: { ...response, output, status: 'failed', error: end.failed },
    });
  } else if (end.incomplete !== undefined) {
    const details = { reason: end.incomplete };
    yield numbered({
      type: 'response.incomplete',
      response: { ...response, output, status: 'incomplete', incomplete_details: details, usage },
    });
  } else
    yield numbered({
      type: 'response.completed',
      response: { ...response, output, status: 'completed', usage },
    });
}
