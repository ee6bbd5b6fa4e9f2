import { type Observable, catchError, connect, filter, ignoreElements, map, merge, of, tap } from 'rxjs';
import type { EmotionControl } from '../domain/controls.ts';
import { isTthError } from '../domain/errors.ts';
import { type ControlStageDeps, controlStage } from './control.stage.ts';
import { type ManagedAvatarDeps, managedAvatarStage } from './managed-avatar.stage.ts';
import type { Sentence, SpeechSignal, TurnSignal } from './signals.ts';
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
  | { readonly mode: 'managed'; readonly avatar: ManagedAvatarDeps }
  | { readonly mode: 'text_only' };

export interface TurnPipelineDeps extends ControlStageDeps {
  /** The reply: a model's stream, or words to say. */
  readonly reply: Observable<ReplyPiece>;
  readonly performance: Performance;
  /** How much of the pause before a sentence is left out, in milliseconds. */
  readonly trimPause: (pauseMs: number) => number;
  /** Whether the turn goes on as text when nobody can speak any more; otherwise it fails. */
  readonly mayLoseSpeech: boolean;
}

const codeOf = (error: unknown): string => (isTthError(error) ? error.code : 'plugin.error');

const perform = (
  sentences: Observable<Sentence>,
  { performance, mayLoseSpeech, trimPause }: TurnPipelineDeps,
): Observable<TurnSignal> => {
  const orText = <Signal>(signals: Observable<Signal>): Observable<Signal | SpeechSignal> =>
    mayLoseSpeech
      ? signals.pipe(
          catchError((error: unknown) => of({ type: 'speech_lost' as const, reason: codeOf(error) })),
        )
      : signals;
  if (performance.mode === 'text_only') return sentences.pipe(ignoreElements());
  if (performance.mode === 'managed') return orText(sentences.pipe(managedAvatarStage(performance.avatar)));
  const emotions: EmotionControl[] = [];
  const speech = orText(
    sentences.pipe(
      tap(({ sentence, controls }) => (emotions[sentence] = controls.emotion)),
      ttsStage({ ...performance.tts, trimPause }),
    ),
  );
  if (performance.mode === 'audio_only') return speech;
  const neutral: EmotionControl = { label: 'neutral', intensity: 0 };
  const emotionOf = (sentence: number): EmotionControl => emotions[sentence] ?? neutral;
  return speech.pipe(
    connect((shared) => merge(shared, shared.pipe(splitAvatarStage({ ...performance.avatar, emotionOf })))),
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
              perform(sentences, deps),
            ),
          ),
        ),
      ),
    ),
  );
