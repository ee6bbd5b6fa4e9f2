import { type Observable, connect, filter, map, merge, tap } from 'rxjs';
import type { Controls, EmotionControl } from '../domain/controls.ts';
import type { AvatarSpeech, AvatarText } from '../plugin/adapter.ts';
import { type AvatarStageDeps, managedAvatarStage, splitAvatarStage } from './avatar.stage.ts';
import { controlStage } from './control.stage.ts';
import type { Lane } from './lane.ts';
import type { Sentence, TurnSignal } from './signals.ts';
import type { ReplyPiece } from './style-hints.ts';
import { type TtsStageDeps, ttsStage } from './tts.stage.ts';

/** What makes sound and picture of sentences. */
export type Performance =
  | { readonly mode: 'audio_only'; readonly tts: TtsStageDeps }
  | {
      readonly mode: 'split';
      readonly tts: TtsStageDeps;
      readonly avatar: AvatarStageDeps;
      readonly speech: Lane<AvatarSpeech>;
    }
  | { readonly mode: 'managed'; readonly avatar: AvatarStageDeps; readonly texts: Lane<AvatarText> };

export interface TurnPipelineDeps {
  /** The reply: a model's stream, or words to say. */
  readonly reply: Observable<ReplyPiece>;
  readonly language: string;
  readonly controlsFor: (hint: EmotionControl | undefined) => Controls;
  readonly performance: Performance;
}

const perform = (sentences: Observable<Sentence>, performance: Performance): Observable<TurnSignal> => {
  if (performance.mode === 'managed') {
    return sentences.pipe(managedAvatarStage(performance.avatar, performance.texts));
  }
  const emotions: EmotionControl[] = [];
  const speech = sentences.pipe(
    tap(({ sentence, controls }) => (emotions[sentence] = controls.emotion)),
    ttsStage(performance.tts),
  );
  if (performance.mode === 'audio_only') {
    return speech.pipe(map((chunk) => ({ type: 'audio' as const, chunk })));
  }
  const neutral: EmotionControl = { label: 'neutral', intensity: 0 };
  return speech.pipe(
    connect((chunks) =>
      merge(
        chunks.pipe(map((chunk) => ({ type: 'audio' as const, chunk }))),
        chunks.pipe(
          splitAvatarStage(
            performance.avatar,
            performance.speech,
            (sentence) => emotions[sentence] ?? neutral,
          ),
        ),
      ),
    ),
  );
};

/**
 * One turn: reply pieces, sentences, speech, pictures, merged into one ordered stream of signals.
 * It completes when the last stage has ended; unsubscribing aborts every provider call.
 */
export const turnPipeline = (deps: TurnPipelineDeps): Observable<TurnSignal> =>
  deps.reply.pipe(
    connect((pieces) =>
      merge(
        pieces.pipe(
          filter((piece) => piece.type === 'text'),
          map((piece) => ({ type: 'text' as const, text: piece.text })),
        ),
        pieces.pipe(
          controlStage(deps.language, deps.controlsFor),
          connect((sentences) =>
            merge(
              sentences.pipe(map((sentence) => ({ type: 'sentence' as const, sentence }))),
              perform(sentences, deps.performance),
            ),
          ),
        ),
      ),
    ),
  );
