import { Observable, type OperatorFunction } from 'rxjs';
import type { Controls, EmotionControl } from '../domain/controls.ts';
import { createSegmenter } from './segment-text.ts';
import type { Sentence } from './signals.ts';
import { isSpeakable, toSpeakable } from './speakable.ts';
import type { ReplyPiece } from './style-hints.ts';

/**
 * Reply pieces to numbered sentences, each with its own controls. A hint colours the sentences that begin
 * after it; between two sentences it also ends the first. What cannot be pronounced is left out, and so is
 * the sentence in which a reply broke off.
 */
export const controlStage =
  (
    language: string,
    controlsFor: (hint: EmotionControl | undefined) => Controls,
  ): OperatorFunction<ReplyPiece, Sentence> =>
  (pieces) =>
    new Observable((subscriber) => {
      const segmenter = createSegmenter(language);
      let hint: EmotionControl | undefined;
      let following: EmotionControl | undefined;
      let count = 0;
      const emit = (texts: readonly string[]): void => {
        for (const text of texts) {
          const speech = toSpeakable(text);
          if (isSpeakable(speech)) {
            subscriber.next({ sentence: count, text: speech, controls: controlsFor(hint) });
            count += 1;
          }
          hint = following;
        }
      };
      return pieces.subscribe({
        next: (piece) => {
          if (piece.type === 'text') {
            emit(segmenter.push(piece.text));
            return;
          }
          if (piece.type === 'cut') {
            if (segmenter.atSentenceEnd()) emit(segmenter.flush());
            else segmenter.flush();
            return;
          }
          following = piece.emotion;
          if (segmenter.atSentenceEnd()) emit(segmenter.flush());
          if (segmenter.isEmpty()) hint = following;
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          emit(segmenter.flush());
          subscriber.complete();
        },
      });
    });
