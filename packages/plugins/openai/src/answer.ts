import {
  type AdapterDeps,
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

/** How long a bill may take after the last word, before `finish` goes out without it. */
const billGraceMs = 200;

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
    throw connection.failOf(body, response.headers);
  }
  throw new TthError('provider.protocol_error', 'The provider answered at once and not as a stream.');
};

/** One answer, as it comes. What it cost is told even when it is left in the middle: counted, or else estimated. */
export async function* answer(
  options: AnswerOptions,
  input: LlmInput,
  context: InferContext,
): AsyncGenerator<LlmOutput, void> {
  const leaving = new AbortController();
  const signal = AbortSignal.any([context.signal, leaving.signal]);
  const reader = options.createReader();
  let isAnswered = false;
  let isCounted = false;
  const note = (output: LlmOutput): LlmOutput => {
    if (output.type === 'usage') isCounted = true;
    return output;
  };
  const isBillLate = async (next: Promise<unknown>): Promise<boolean> => {
    const came = new AbortController();
    const late = pause(options.deps.clock, billGraceMs, came.signal).then(() => !came.signal.aborted);
    const verdict = await Promise.race([next.then(() => false).catch(() => false), late]);
    came.abort();
    return verdict;
  };

  try {
    if (signal.aborted) return;
    const response = await ask(options, input, signal);
    isAnswered = true;
    const events = (await eventsOf(options, response, signal))[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = events.next();
        if (reader.state === 'finishing' && (await isBillLate(next))) yield* reader.settle().map(note);
        const { done, value } = await next;
        if (signal.aborted) return;
        if (done) break;
        for (const output of reader.push(value)) yield note(output);
      }
      yield* reader.end().map(note);
    } catch (error) {
      if (reader.state !== 'finishing') throw error;
      yield* reader.settle().map(note);
    }
  } catch (error) {
    if (signal.aborted || reader.state === 'over') return;
    throw options.connection.fail(error);
  } finally {
    leaving.abort();
    if (isAnswered && !isCounted) {
      const estimated = {
        inputTokens: estimatePromptTokens(input.messages),
        outputTokens: reader.writtenTokens,
      };
      const { inputTokens, outputTokens } = reader.count ?? estimated;
      context.usage({ unit: 'input_tokens', amount: inputTokens });
      context.usage({ unit: 'output_tokens', amount: outputTokens });
    }
  }
}
