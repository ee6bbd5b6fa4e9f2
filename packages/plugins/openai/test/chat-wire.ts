// What servers of Chat Completions write, event by event. See the plugin's README for who writes what.

export interface FakeToolCall {
  readonly id?: string;
  readonly name: string;
  readonly arguments: string;
  /** In how many pieces its arguments come; 0: the whole call at once. */
  readonly pieces?: number;
  /** Says the index 0 whatever its place. */
  readonly isAlwaysFirst?: boolean;
  /** Says its id in every piece. */
  readonly repeatsId?: boolean;
}

/** One answer. What is absent does not come. */
export interface FakeReply {
  readonly text?: string;
  /** Thinking before the text, in a field of its own or as a tag in the text. */
  readonly thinking?: { readonly text: string; readonly in: 'reasoning' | 'reasoning_content' | 'content' };
  readonly refusal?: string;
  readonly toolCalls?: readonly FakeToolCall[];
  /** `null`: it ends without saying why. */
  readonly finish?: string | null;
  readonly usage?: 'final' | 'every' | 'none';
  readonly isDone?: boolean;
  /** Characters per delta. */
  readonly cut?: number;
}

const promptTokens = 31;
const inPieces = (text: string, length: number): string[] =>
  text.match(new RegExp(`[^]{1,${length}}`, 'gu')) ?? [];

type Delta = Readonly<Record<string, unknown>>;

function* toolDeltas(call: FakeToolCall, place: number): Generator<Delta, void> {
  const { id, name, arguments: text, pieces = 3, isAlwaysFirst = false, repeatsId = false } = call;
  const index = isAlwaysFirst ? 0 : place;
  const named = id === undefined ? {} : { id };
  const opening = { index, ...named, type: 'function' };
  if (pieces === 0) {
    yield { tool_calls: [{ ...opening, function: { name, arguments: text } }] };
    return;
  }
  yield { tool_calls: [{ ...opening, function: { name, arguments: '' } }] };
  for (const piece of inPieces(text, Math.ceil(text.length / pieces))) {
    yield { tool_calls: [{ index, ...(repeatsId && named), function: { arguments: piece } }] };
  }
}

function* deltasOf({
  text = '',
  thinking,
  refusal,
  toolCalls = [],
  cut = 5,
}: FakeReply): Generator<Delta, void> {
  yield { role: 'assistant', content: '' };
  if (thinking?.in === 'content') {
    for (const content of inPieces(`<think>\n${thinking.text}\n</think>\n\n`, cut)) yield { content };
  } else if (thinking !== undefined) {
    for (const piece of inPieces(thinking.text, cut)) yield { content: null, [thinking.in]: piece };
  }
  for (const content of inPieces(text, cut)) yield { content };
  for (const piece of inPieces(refusal ?? '', cut)) yield { refusal: piece };
  for (const [place, call] of toolCalls.entries()) yield* toolDeltas(call, place);
}

export const finishOf = ({ finish, toolCalls = [] }: FakeReply): string | null =>
  finish === undefined ? (toolCalls.length > 0 ? 'tool_calls' : 'stop') : finish;

export const usageOf = ({ text = '', refusal = '' }: FakeReply) => {
  const completion = Math.max(1, Math.ceil((text.length + refusal.length) / 4));
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
  };
};

/** The data of each event of a streamed answer. */
export function* chatEvents(reply: FakeReply, model: string): Generator<string, void> {
  const { usage = 'none', isDone = true } = reply;
  const write = (choices: readonly unknown[], counted: unknown): string =>
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1_795_305_600,
      model,
      choices,
      ...(counted !== undefined && { usage: counted }),
    });
  const soFar = usage === 'every' ? usageOf(reply) : usage === 'final' ? null : undefined;
  for (const delta of deltasOf(reply)) yield write([{ index: 0, delta, finish_reason: null }], soFar);
  const finish = finishOf(reply);
  if (finish !== null) yield write([{ index: 0, delta: {}, finish_reason: finish }], soFar);
  if (usage !== 'none') yield write([], usageOf(reply));
  if (isDone) yield '[DONE]';
}

/** The same answer at once. */
export const chatCompletion = (reply: FakeReply, model: string): unknown => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_795_305_600,
  model,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: reply.text ?? null, refusal: reply.refusal ?? null },
      finish_reason: finishOf(reply),
    },
  ],
  usage: usageOf(reply),
});
