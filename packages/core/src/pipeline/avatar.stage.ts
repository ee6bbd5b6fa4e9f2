import { Observable, type OperatorFunction } from 'rxjs';
import { toTthError } from '../domain/errors.ts';
import { type AudioChunk, type TimingSource, samplesToUs } from '../domain/media.ts';
import type { AvatarInput, AvatarOutput, AvatarSpeech, AvatarText } from '../plugin/adapter.ts';
import type { Demand } from './demand.ts';
import { fromProvider } from './from-provider.ts';
import type { Lane } from './lane.ts';
import type { Sentence, TurnSignal } from './signals.ts';

export interface AvatarStageDeps {
  readonly provider: string;
  readonly open: (input: AvatarInput, signal: AbortSignal) => AsyncIterable<AvatarOutput>;
  /** Room for more picture. */
  readonly demand: Demand;
}

/**
 * Split mode: speech goes through a bounded lane to the avatar, which pulls it and gives pictures. When
 * the avatar fails the speech goes on without it and the end of the picture says why.
 */
export const splitAvatarStage =
  (
    deps: AvatarStageDeps,
    speech: Lane<AvatarSpeech>,
    emotionOf: (sentence: number) => AvatarSpeech['emotion'],
  ): OperatorFunction<AudioChunk, TurnSignal> =>
  (chunks) =>
    new Observable((subscriber) => {
      const face = fromProvider(
        (signal) => deps.open({ kind: 'audio', speech }, signal),
        deps.demand,
      ).subscribe({
        next: (output) => {
          if (output.type === 'format') subscriber.next(output);
          else if (output.type === 'picture') subscriber.next(output);
        },
        error: (error: unknown) => {
          const { code } = toTthError(error, 'plugin.error', 'The avatar failed.');
          speech.clear();
          subscriber.next({ type: 'picture_end', lost: { provider: deps.provider, reason: code } });
          subscriber.complete();
        },
        complete: () => {
          speech.clear();
          subscriber.next({ type: 'picture_end' });
          subscriber.complete();
        },
      });
      face.add(
        chunks.subscribe({
          next: (chunk) => speech.push({ ...chunk, emotion: emotionOf(chunk.sentence) }),
          error: () => speech.clear(),
          complete: () => speech.close(),
        }),
      );
      return face;
    });

/** Managed mode: the avatar is given sentences and speaks by itself; its sound and picture share one clock. */
export const managedAvatarStage =
  (deps: AvatarStageDeps, texts: Lane<AvatarText>): OperatorFunction<Sentence, TurnSignal> =>
  (sentences) =>
    new Observable((subscriber) => {
      let samples = 0;
      const face = fromProvider(
        (signal) => deps.open({ kind: 'text', sentences: texts }, signal),
        deps.demand,
      ).subscribe({
        next: (output) => {
          if (output.type !== 'audio') {
            subscriber.next(output);
            return;
          }
          const ptsUs = samplesToUs(samples);
          samples += output.pcm.length;
          subscriber.next({
            type: 'audio',
            chunk: {
              sentence: output.sentence,
              sentenceEnd: output.sentenceEnd,
              ptsUs,
              durationUs: samplesToUs(samples) - ptsUs,
              pcm: output.pcm,
              words: output.words,
              phonemes: [],
              timing: 'estimated' satisfies TimingSource,
            },
          });
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          subscriber.next({ type: 'picture_end' });
          subscriber.complete();
        },
      });
      face.add(
        sentences.subscribe({
          next: ({ sentence, text, controls }) => texts.push({ sentence, text, emotion: controls.emotion }),
          error: (error: unknown) => subscriber.error(error),
          complete: () => texts.close(),
        }),
      );
      return face;
    });
