import { Observable, of } from 'rxjs';
import { TthError, toTthError } from '../domain/errors.ts';
import type { ChatMessage, LlmOutput, UsageRecord } from '../plugin/adapter.ts';
import { createEchoFilter } from './echo-filter.ts';
import { fromProvider } from './from-provider.ts';
import { continuePrompt } from './prompt.ts';
import type { Relay } from './relay.ts';
import { type ReplyPiece, createHintReader } from './style-hints.ts';

/** A model that may be asked in this turn. */
export interface Model {
  readonly id: string;
  /** Goes on with an assistant message that it is handed unfinished. */
  readonly continuesPrefix: boolean;
  readonly open: (
    messages: readonly ChatMessage[],
    attempt: number,
    signal: AbortSignal,
  ) => AsyncIterable<LlmOutput>;
}

export interface LlmStageDeps {
  readonly models: Relay<Model>;
  readonly messages: readonly ChatMessage[];
  /** A reply that exceeds this many characters, tags included, breaks off there. */
  readonly maxLength: number;
  readonly usage: (record: UsageRecord) => void;
}

/**
 * The reply of a model as it streams: what is to be spoken, and how. When the model fails the next one goes
 * on from exactly the characters that came so far; one that has nothing to add ends the reply. Fails when
 * nobody says anything or nobody is left.
 */
export const llmStage = ({ models, messages, maxLength, usage }: LlmStageDeps): Observable<ReplyPiece> =>
  new Observable((subscriber) => {
    const reader = createHintReader();
    let delivered = '';

    const deliver = (text: string): void => {
      const room = maxLength - delivered.length;
      for (const piece of reader.push(text.slice(0, room))) subscriber.next(piece);
      delivered += text;
      if (text.length <= room) return;
      subscriber.next({ type: 'cut' });
      subscriber.complete();
    };

    const fail = (error: unknown): void => {
      const failure = toTthError(error, 'plugin.error', 'The model failed in an unexpected way.');
      const unread = reader.forget();
      delivered = delivered.slice(0, delivered.length - unread.length);
      if (models.takeOver(failure)) ask();
      else subscriber.error(failure);
    };

    const ask = (): void => {
      const model = models.current;
      const isContinued = delivered !== '';
      const prompt = isContinued ? continuePrompt(messages, delivered, model.continuesPrefix) : messages;
      const echo = isContinued ? createEchoFilter(delivered) : undefined;
      let isFinished = false;
      /** The call is over; that is `failure` unless the model had finished an answer. */
      const close = (failure: unknown): void => {
        if (isFinished) deliver(echo?.flush() ?? '');
        if (subscriber.closed) return;
        if (!isFinished || delivered === '') {
          fail(failure);
          return;
        }
        for (const piece of reader.flush()) subscriber.next(piece);
        subscriber.complete();
      };
      subscriber.add(
        fromProvider(
          (signal) => model.open(prompt, models.attempt, signal),
          () => undefined,
        ).subscribe({
          next: (output) => {
            if (output.type === 'text_delta' && !isFinished) deliver(echo?.push(output.text) ?? output.text);
            if (output.type === 'finish') isFinished = true;
            if (output.type !== 'usage') return;
            usage({ unit: 'input_tokens', amount: output.inputTokens });
            usage({ unit: 'output_tokens', amount: output.outputTokens });
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
