import { Observable, of } from 'rxjs';
import { stopped } from '../domain/cancellation.ts';
import { TthError, toTthError } from '../domain/errors.ts';
import type { Policies } from '../domain/policies.ts';
import type { ChatMessage, LlmInput, LlmOutput, ToolCall, UsageRecord } from '../plugin/adapter.ts';
import { createEchoFilter } from './echo-filter.ts';
import { fromProvider } from './from-provider.ts';
import { type HintFormat, continuePrompt, withoutTools } from './prompt.ts';
import type { Relay } from './relay.ts';
import {
  type ReplyTranslator,
  asWritten,
  chooseHintFormat,
  createStructuredReader,
  spokenReplyFormat,
} from './structured-reply.ts';
import { type ReplyPiece, createHintReader } from './style-hints.ts';
import type { Toolbox } from './toolbox.ts';

/** A model that may be asked in this turn. */
export interface Model {
  readonly id: string;
  /** Goes on with an assistant message that it is handed unfinished. */
  readonly continuesPrefix: boolean;
  /** Answers in a JSON schema when asked to. */
  readonly structured: boolean;
  /** Calls tools. */
  readonly tools: boolean;
  readonly open: (input: LlmInput, attempt: number, signal: AbortSignal) => AsyncIterable<LlmOutput>;
}

export interface LlmStageDeps {
  readonly models: Relay<Model>;
  /** The prompt for a model that says in this way what its sentences feel like. */
  readonly prompt: (hints: HintFormat) => readonly ChatMessage[];
  readonly styleHints: Policies['styleHints'];
  readonly toolbox: Toolbox;
  /** A reply that exceeds this many characters, tags included, breaks off there. */
  readonly maxLength: number;
  readonly usage: (record: UsageRecord) => void;
}

/**
 * The reply of a model as it streams: what is to be spoken, and how. Tools that the model calls are run, and
 * it goes on with their results. When the model fails the next one goes on from exactly the characters and the
 * results that came so far; one that has nothing to add ends the reply. Fails when nobody says anything or
 * nobody is left.
 */
export const llmStage = (deps: LlmStageDeps): Observable<ReplyPiece> =>
  new Observable((subscriber) => {
    const { models, prompt, styleHints, toolbox, maxLength, usage } = deps;
    const reader = createHintReader();
    /** Calls and results of the rounds that are over. */
    const results: ChatMessage[] = [];
    let rounds = 0;
    /** The text so far, tags included, and where in it the present round begins. */
    let said = '';
    let roundStart = 0;

    const deliver = (text: string): void => {
      const room = maxLength - said.length;
      for (const piece of reader.push(text.slice(0, room))) subscriber.next(piece);
      said += text;
      if (text.length <= room) return;
      subscriber.next({ type: 'cut' });
      subscriber.complete();
    };

    const fail = (error: unknown): void => {
      const failure = toTthError(error, 'plugin.error', 'The model failed in an unexpected way.');
      const unread = reader.forget();
      said = said.slice(0, said.length - unread.length);
      if (models.takeOver(failure)) ask();
      else subscriber.error(failure);
    };

    const runTools = (calls: readonly ToolCall[]): void => {
      const abort = new AbortController();
      subscriber.add(() => abort.abort(stopped));
      const content = said.slice(roundStart);
      // What was said waits for no tool, and what comes next is a sentence of its own.
      if (content !== '') deliver('\n');
      toolbox.run(calls, abort.signal).then(
        (answers) => {
          if (subscriber.closed) return;
          results.push({ role: 'assistant', content, toolCalls: calls }, ...answers);
          rounds += 1;
          roundStart = said.length;
          ask();
        },
        (error: unknown) => subscriber.error(error),
      );
    };

    const ask = (): void => {
      const model = models.current;
      const begun = said.slice(roundStart);
      const offers = model.tools && rounds < toolbox.maxRounds ? toolbox.offers : [];
      const hints = said === '' ? chooseHintFormat(styleHints, model.structured, offers.length > 0) : 'tags';
      const asked = [...prompt(hints), ...(model.tools ? results : withoutTools(results))];
      const input: LlmInput = {
        messages: begun === '' ? asked : continuePrompt(asked, begun, model.continuesPrefix),
        ...(offers.length > 0 && { tools: offers }),
        ...(hints === 'structured' && { responseFormat: spokenReplyFormat }),
      };
      const translator: ReplyTranslator = hints === 'structured' ? createStructuredReader() : asWritten();
      const echo = begun === '' ? undefined : createEchoFilter(begun);
      const calls: ToolCall[] = [];
      let reason: (LlmOutput & { type: 'finish' })['reason'] | undefined;

      const read = (text: string): void => deliver(echo?.push(text) ?? text);
      const note = ({ id, name, arguments: given }: ToolCall): void => {
        const isRepeated = calls.some(
          (call) => call.id === id && call.name === name && call.arguments === given,
        );
        if (!isRepeated && offers.length > 0) calls.push({ id, name, arguments: given });
      };
      /** Everything of this round has come, though its stream may still be open. */
      const finish = (why: NonNullable<typeof reason>): void => {
        reason = why;
        read(translator.flush());
        deliver(echo?.flush() ?? '');
        if (subscriber.closed || calls.length > 0 || said === '') return;
        for (const piece of reader.flush()) subscriber.next(piece);
        subscriber.next({ type: reason === 'length' ? 'cut' : 'end' });
      };
      /** The call is over; that is `failure` unless the model had finished an answer. */
      const close = (failure: unknown): void => {
        if (subscriber.closed) return;
        if (reason === undefined) fail(failure);
        else if (calls.length > 0) runTools(calls);
        else if (said === '') fail(failure);
        else subscriber.complete();
      };
      subscriber.add(
        fromProvider(
          (signal) => model.open(input, models.attempt, signal),
          () => undefined,
        ).subscribe({
          next: (output) => {
            if (output.type === 'usage') {
              usage({ unit: 'input_tokens', amount: output.inputTokens });
              usage({ unit: 'output_tokens', amount: output.outputTokens });
            } else if (reason !== undefined) return;
            else if (output.type === 'text_delta') read(translator.push(output.text));
            else if (output.type === 'tool_call') note(output);
            else finish(output.reason);
          },
          error: (error: unknown) => close(error),
          complete: () =>
            close(new TthError('provider.protocol_error', 'The model stopped without finishing its answer.')),
        }),
      );
    };
    ask();
  });

/** Words that are spoken as they are: nothing in them is a tag. */
export const verbatim = (text: string): Observable<ReplyPiece> => of({ type: 'text', text });
