import { Observable, type OperatorFunction } from 'rxjs';
import { primaryTag } from '../domain/language.ts';
import type { Clock } from '../domain/time.ts';
import { isSpeakable } from './speakable.ts';
import type { ReplyPiece } from './style-hints.ts';

export interface FillerDeps {
  readonly clock: Clock;
  /** What to say; `undefined` says nothing. */
  readonly text: string | undefined;
  /** Silence after which it is said; 0 never. */
  readonly afterMs: number;
  /** What is left of the turn at this moment, and what must be left for a filler to make sense. */
  readonly remainingMs: () => number;
  readonly minBudgetMs: number;
}

/** A filler is for its own language alone. */
export const chooseFiller = (
  fillers: readonly string[] | undefined,
  personaLanguage: string,
  language: string,
  turn: number,
): string | undefined => {
  if (fillers === undefined || fillers.length === 0) return undefined;
  return primaryTag(personaLanguage) === primaryTag(language) ? fillers[turn % fillers.length] : undefined;
};

/** Bridges the silence of a slow model with one filler, before the first word of the reply or not at all. */
export const withFiller =
  ({
    clock,
    text,
    afterMs,
    remainingMs,
    minBudgetMs,
  }: FillerDeps): OperatorFunction<ReplyPiece, ReplyPiece> =>
  (pieces) => {
    if (afterMs === 0 || text === undefined) return pieces;
    return new Observable((subscriber) => {
      const cancel = clock.after(afterMs, () => {
        if (remainingMs() > minBudgetMs) subscriber.next({ type: 'filler', text });
      });
      const reply = pieces.subscribe({
        next: (piece) => {
          const isOver = piece.type === 'end' || piece.type === 'cut';
          if (isOver || (piece.type === 'text' && isSpeakable(piece.text))) cancel();
          subscriber.next(piece);
        },
        error: (error: unknown) => {
          cancel();
          subscriber.error(error);
        },
        complete: () => {
          cancel();
          subscriber.complete();
        },
      });
      return () => {
        cancel();
        reply.unsubscribe();
      };
    });
  };
