import { Observable, type OperatorFunction } from 'rxjs';
import type { Controls, EmotionControl } from '../domain/controls.ts';
import { createSegmenter } from './segment-text.ts';
import type { Sentence } from './signals.ts';
import { isSpeakable, toSpeakable } from './speakable.ts';
import type { ReplyPiece } from './style-hints.ts';

/**
 * Reply pieces to numbered sentences, each with its own controls. A hint colours the sentences that begin
 * after it; between two sentences it also ends the first. What cannot be pronounced is left out, and so is
 * the sentence in which a reply broke off. A filler is a sentence beside those of the reply.
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
      const say = (text: string, isFiller: boolean): void => {
        const speech = toSpeakable(text);
        if (!isSpeakable(speech)) return;
        subscriber.next({ sentence: count, text: speech, controls: controlsFor(hint), isFiller });
        count += 1;
      };
      const emit = (texts: readonly string[]): void => {
        for (const text of texts) {
          say(text, false);
          hint = following;
        }
      };
      return pieces.subscribe({
        next: (piece) => {
          if (piece.type === 'text') {
            emit(segmenter.push(piece.text));
            return;
          }
          if (piece.type === 'filler') {
            say(piece.text, true);
            return;
          }
          if (piece.type === 'cut' || piece.type === 'end') {
            const rest = piece.type === 'end' || segmenter.atSentenceEnd();
            const texts = segmenter.flush();
            if (rest) emit(texts);
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
