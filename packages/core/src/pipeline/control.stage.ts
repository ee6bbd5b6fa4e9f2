import { Observable, type OperatorFunction } from 'rxjs';
import type { Controls, EmotionControl } from '../domain/controls.ts';
import type { ProsodyPolicy } from '../domain/policies.ts';
import { planSpeech } from './prosody.ts';
import { type Opening, type Segment, createSegmenter } from './segment-text.ts';
import type { Sentence } from './signals.ts';
import { isSpeakable, toSpeakable } from './speakable.ts';
import type { ReplyPiece } from './style-hints.ts';

export interface ControlStageDeps {
  readonly language: string;
  readonly controlsFor: (hint: EmotionControl | undefined) => Controls;
  readonly prosody: ProsodyPolicy;
}

const openings: readonly Opening[] = ['sentence', 'line', 'paragraph'];
const stronger = (one: Opening, other: Opening): Opening =>
  openings.indexOf(one) > openings.indexOf(other) ? one : other;

/**
 * Reply pieces to numbered sentences, each with its own controls and plan. A hint colours the sentences that
 * begin after it; between two sentences it also ends the first. Code and what cannot be pronounced are left
 * out, and so is the sentence in which a reply broke off. A filler is a sentence beside those of the reply.
 */
export const controlStage =
  ({ language, controlsFor, prosody }: ControlStageDeps): OperatorFunction<ReplyPiece, Sentence> =>
  (pieces) =>
    new Observable((subscriber) => {
      const segmenter = createSegmenter(language);
      let hint: EmotionControl | undefined;
      let following: EmotionControl | undefined;
      let previous: { readonly text: string; readonly emotion: EmotionControl } | undefined;
      let opens: Opening = 'sentence';
      let count = 0;

      const speak = (text: string, written: string, isFiller: boolean): void => {
        const controls = controlsFor(hint);
        const { rate } = controls.character;
        const wanted = { text, written, opens, emotion: controls.emotion, rate };
        const { emotion, ...plan } = planSpeech(previous, wanted, prosody);
        subscriber.next({ sentence: count, text, controls: { ...controls, emotion }, isFiller, ...plan });
        previous = { text, emotion };
        opens = 'sentence';
        count += 1;
      };
      const emit = (segments: readonly Segment[]): void => {
        for (const segment of segments) {
          opens = stronger(opens, segment.opens);
          const text = segment.kind === 'speech' ? toSpeakable(segment.text) : '';
          if (isSpeakable(text)) speak(text, segment.text, false);
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
            const text = toSpeakable(piece.text);
            if (isSpeakable(text)) speak(text, piece.text, true);
            return;
          }
          if (piece.type === 'cut' || piece.type === 'end') {
            const rest = piece.type === 'end' || segmenter.atSentenceEnd();
            const segments = segmenter.flush();
            if (rest) emit(segments);
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
