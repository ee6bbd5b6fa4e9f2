import { type Observable, connect, filter, map, merge, tap } from 'rxjs';
import type { EmotionControl } from '../domain/controls.ts';
import { type ControlStageDeps, controlStage } from './control.stage.ts';
import { type ManagedAvatarDeps, managedAvatarStage } from './managed-avatar.stage.ts';
import type { Sentence, TurnSignal } from './signals.ts';
import type { ReplyPiece } from './style-hints.ts';
import { type SplitAvatarDeps, splitAvatarStage } from './split-avatar.stage.ts';
import { type TtsStageDeps, ttsStage } from './tts.stage.ts';

/** What makes sound and picture of sentences. */
export type Performance =
  | { readonly mode: 'audio_only'; readonly tts: TtsStageDeps }
  | {
      readonly mode: 'split';
      readonly tts: TtsStageDeps;
      readonly avatar: Omit<SplitAvatarDeps, 'emotionOf'>;
    }
  | { readonly mode: 'managed'; readonly avatar: ManagedAvatarDeps };

export interface TurnPipelineDeps extends ControlStageDeps {
  /** The reply: a model's stream, or words to say. */
  readonly reply: Observable<ReplyPiece>;
  readonly performance: Performance;
}

const perform = (sentences: Observable<Sentence>, performance: Performance): Observable<TurnSignal> => {
  if (performance.mode === 'managed') return sentences.pipe(managedAvatarStage(performance.avatar));
  if (performance.mode === 'audio_only') return sentences.pipe(ttsStage(performance.tts));
  const emotions: EmotionControl[] = [];
  const neutral: EmotionControl = { label: 'neutral', intensity: 0 };
  const emotionOf = (sentence: number): EmotionControl => emotions[sentence] ?? neutral;
  return sentences.pipe(
    tap(({ sentence, controls }) => (emotions[sentence] = controls.emotion)),
    ttsStage(performance.tts),
    connect((speech) => merge(speech, speech.pipe(splitAvatarStage({ ...performance.avatar, emotionOf })))),
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
          controlStage(deps),
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
