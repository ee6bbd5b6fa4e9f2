import { Observable, filter, map, of, tap, type OperatorFunction } from 'rxjs';
import { TthError } from '../domain/errors.ts';
import type { LlmOutput, UsageRecord } from '../plugin/adapter.ts';
import { fromProvider } from './from-provider.ts';
import { type ReplyPiece, createHintReader } from './style-hints.ts';

/** The words of a reply as a model streams them, tags included. Fails when the model says nothing at all. */
export const llmStage = (
  open: (signal: AbortSignal) => AsyncIterable<LlmOutput>,
  usage: (record: UsageRecord) => void,
): Observable<string> => {
  let isSilent = true;
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
        filter((text) => text !== ''),
        tap(() => (isSilent = false)),
      )
      .subscribe({
        next: (text) => subscriber.next(text),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          if (isSilent) {
            subscriber.error(new TthError('provider.protocol_error', 'The model answered with no text.'));
          } else subscriber.complete();
        },
      }),
  );
};

/** Separates what is to be spoken from how. A reply that exceeds `maxLength` characters breaks off there. */
export const readStyleHints =
  (maxLength: number): OperatorFunction<string, ReplyPiece> =>
  (deltas) =>
    new Observable((subscriber) => {
      const reader = createHintReader();
      let room = maxLength;
      return deltas.subscribe({
        next: (delta) => {
          for (const piece of reader.push(delta.slice(0, room))) subscriber.next(piece);
          room -= delta.length;
          if (room >= 0) return;
          subscriber.next({ type: 'cut' });
          subscriber.complete();
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          for (const piece of reader.flush()) subscriber.next(piece);
          subscriber.complete();
        },
      });
    });

/** Words that are spoken as they are: nothing in them is a tag. */
export const verbatim = (text: string): Observable<ReplyPiece> => of({ type: 'text', text });
