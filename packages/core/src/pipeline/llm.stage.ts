import { Observable, endWith, filter, map, of, pipe, takeWhile, tap, type OperatorFunction } from 'rxjs';
import { TthError } from '../domain/errors.ts';
import type { LlmOutput, UsageRecord } from '../plugin/adapter.ts';
import { fromProvider } from './from-provider.ts';
import { type ReplyPiece, createHintReader } from './style-hints.ts';

/** The words of a reply as a model streams them, tags included. Fails when the model says nothing at all. */
export const llmStage = (
  open: (signal: AbortSignal) => AsyncIterable<LlmOutput>,
  usage: (record: UsageRecord) => void,
  maxLength: number,
): Observable<string> => {
  let length = 0;
  return new Observable<string>((subscriber) =>
    fromProvider(open, () => undefined)
      .pipe(
        tap((output) => {
          if (output.type !== 'usage') return;
          usage({ unit: 'input_tokens', amount: output.inputTokens });
          usage({ unit: 'output_tokens', amount: output.outputTokens });
        }),
        filter((output) => output.type === 'text_delta'),
        map((output) => output.text),
        takeWhile((text) => (length += text.length) <= maxLength),
      )
      .subscribe({
        next: (text) => subscriber.next(text),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          if (length > 0) subscriber.complete();
          else subscriber.error(new TthError('provider.protocol_error', 'The model answered with no text.'));
        },
      }),
  );
};

/** Separates what is to be spoken from how. */
export const readStyleHints = (): OperatorFunction<string, ReplyPiece> => {
  const reader = createHintReader();
  return pipe(
    endWith(null),
    (deltas) =>
      new Observable<ReplyPiece>((subscriber) =>
        deltas.subscribe({
          next: (delta) => {
            for (const piece of delta === null ? reader.flush() : reader.push(delta)) subscriber.next(piece);
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      ),
  );
};

/** Words that are spoken as they are: nothing in them is a tag. */
export const verbatim = (text: string): Observable<ReplyPiece> => of({ type: 'text', text });
