import {
  type AdapterDeps,
  type Clock,
  type InferContext,
  type LlmInput,
  type LlmOutput,
  type SseEvent,
  TthError,
  estimatePromptTokens,
  pause,
} from '@tth/core/plugin';
import type { Connection } from './connection.ts';
import { isTooLong } from './errors.ts';
import { trimConversation } from './trim.ts';

export interface TokenCount {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A count as a vendor gives it. A prompt of no tokens was not counted. */
export const readCount = (inputTokens: number, outputTokens: number): TokenCount | undefined =>
  inputTokens > 0 ? { inputTokens, outputTokens } : undefined;

/** Text that came, if any did. */
export const speak = (text: string): LlmOutput[] => (text === '' ? [] : [{ type: 'text_delta', text }]);

/** What the events of one answer mean. */
export interface AnswerReader {
  /** `finishing`: the end is known and only the bill may follow. `over`: `finish` was given. */
  readonly state: 'running' | 'finishing' | 'over';
  /** As the vendor counts; absent until it says so. */
  readonly count: TokenCount | undefined;
  /** Tokens that came so far, thinking included, estimated. */
  readonly writtenTokens: number;
  push(event: SseEvent): readonly LlmOutput[];
  /** The end of an answer whose bill is late. */
  settle(): readonly LlmOutput[];
  /** The stream is over. Throws `provider.protocol_error` where the answer is not. */
  end(): readonly LlmOutput[];
}

/** A vendor's call as an answer. */
export interface AnswerOptions {
  readonly connection: Connection;
  readonly deps: Pick<AdapterDeps, 'clock' | 'http'>;
  readonly open: (input: LlmInput, signal: AbortSignal) => Promise<Response>;
  readonly createReader: () => AnswerReader;
}

/** How long a bill may take after the last word before `finish` goes out without it, and the end after `finish`. */
const graceMs = { finishing: 200, over: 1_000 } as const;

/** Asks; once more with the older half of the conversation left out where it is longer than the model can read. */
const ask = async (
  { open, connection }: AnswerOptions,
  input: LlmInput,
  signal: AbortSignal,
): Promise<Response> => {
  try {
    return await open(input, signal);
  } catch (error) {
    const failure = connection.fail(error);
    const shorter = isTooLong(failure) ? trimConversation(input.messages) : undefined;
    if (shorter === undefined || signal.aborted) throw failure;
    try {
      return await open({ ...input, messages: shorter }, signal);
    } catch (again) {
      throw connection.fail(again);
    }
  }
};

/** The events of an answer; an answer that is JSON tells of a failure under a status that says there is none. */
const eventsOf = async (
  { connection, deps: { http } }: AnswerOptions,
  response: Response,
  signal: AbortSignal,
): Promise<AsyncIterable<SseEvent>> => {
  const answer = http.read(response, signal);
  if (!/^application\/json/i.test(answer.header('content-type') ?? '')) return answer.sse();
  const body = await answer.json();
  if (typeof body === 'object' && body !== null && 'error' in body && body.error) {
    throw connection.failOf(body, undefined, response.headers);
  }
  throw new TthError('provider.protocol_error', 'The provider answered at once and not as a stream.');
};

/** Whether an answer whose end is known has waited long enough for what comes next. */
const isLate = async (next: Promise<unknown>, { state }: AnswerReader, clock: Clock): Promise<boolean> => {
  if (state === 'running') return false;
  const came = new AbortController();
  const late = pause(clock, graceMs[state], came.signal).then(() => !came.signal.aborted);
  const verdict = await Promise.race([next.then(() => false).catch(() => false), late]);
  came.abort();
  return verdict;
};

/** What the events of an answer come to. A connection that breaks after the last word has done no harm. */
async function* readAnswer(
  events: AsyncIterator<SseEvent>,
  reader: AnswerReader,
  clock: Clock,
): AsyncGenerator<LlmOutput, void> {
  try {
    for (;;) {
      const next = events.next();
      while (await isLate(next, reader, clock)) {
        if (reader.state === 'over') return;
        yield* reader.settle();
      }
      const { done, value } = await next;
      if (done === true) break;
      yield* reader.push(value);
    }
    yield* reader.end();
  } catch (error) {
    if (reader.state === 'running') throw error;
    yield* reader.settle();
  }
}

/** One answer, as it comes. What it cost is told even when it is left in the middle: counted, or else estimated. */
export async function* answer(
  options: AnswerOptions,
  input: LlmInput,
  context: InferContext,
): AsyncGenerator<LlmOutput, void> {
  const { connection, deps } = options;
  const leaving = new AbortController();
  const signal = AbortSignal.any([context.signal, leaving.signal]);
  const reader = options.createReader();
  let isAnswered = false;
  let isCounted = false;

  const tellCost = (): void => {
    const estimated = {
      inputTokens: estimatePromptTokens(input.messages),
      outputTokens: reader.writtenTokens,
    };
    const { inputTokens, outputTokens } = reader.count ?? estimated;
    context.usage({ unit: 'input_tokens', amount: inputTokens });
    context.usage({ unit: 'output_tokens', amount: outputTokens });
  };

  try {
    if (signal.aborted) return;
    const response = await ask(options, input, signal);
    isAnswered = true;
    const events = (await eventsOf(options, response, signal))[Symbol.asyncIterator]();
    for await (const output of readAnswer(events, reader, deps.clock)) {
      if (signal.aborted) return;
      isCounted ||= output.type === 'usage';
      yield output;
    }
  } catch (error) {
    if (!signal.aborted) throw connection.fail(error);
  } finally {
    leaving.abort();
    if (isAnswered && !isCounted) tellCost();
  }
}
