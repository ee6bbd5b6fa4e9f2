import { Observable, type OperatorFunction } from 'rxjs';
import { TthError, toTthError } from '../domain/errors.ts';
import { type AudioChunk, samplesToUs } from '../domain/media.ts';
import type { AvatarInput, AvatarOutput, AvatarSpeech, AvatarText } from '../plugin/adapter.ts';
import type { Demand } from './demand.ts';
import { fromProvider } from './from-provider.ts';
import type { Lane } from './lane.ts';
import type { Sentence, TurnSignal } from './signals.ts';
import { sliceChunk } from './slice-chunk.ts';
import { createWorkload } from './workload.ts';

export interface AvatarStageDeps {
  readonly provider: string;
  /** Speech that it takes in before its first picture. */
  readonly prebufferMs: number;
  /** `owes`: whether the avatar has been given enough for another item. */
  readonly open: (
    input: AvatarInput,
    signal: AbortSignal,
    owes: () => boolean,
  ) => AsyncIterable<AvatarOutput>;
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
      const workload = createWorkload(deps.prebufferMs);
      const owes = (): boolean => speech.isFull || workload.owes();
      const face = fromProvider(
        (signal) => deps.open({ kind: 'audio', speech }, signal, owes),
        deps.demand,
      ).subscribe({
        next: (output) => {
          workload.gave(output);
          if (output.type !== 'audio') subscriber.next(output);
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
          next: (chunk) => {
            const item = { ...chunk, emotion: emotionOf(chunk.sentence) };
            workload.offered(item);
            speech.push(item);
          },
          error: () => speech.clear(),
          complete: () => {
            workload.complete();
            speech.close();
          },
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
      let asked = 0;
      const workload = createWorkload(deps.prebufferMs);
      const face = fromProvider(
        (signal) => deps.open({ kind: 'text', sentences: texts }, signal, workload.owes),
        deps.demand,
      ).subscribe({
        next: (output) => {
          workload.gave(output);
          if (output.type !== 'audio') {
            subscriber.next(output);
            return;
          }
          const ptsUs = samplesToUs(samples);
          samples += output.pcm.length;
          const chunk: AudioChunk = {
            sentence: output.sentence,
            sentenceEnd: output.sentenceEnd,
            ptsUs,
            durationUs: samplesToUs(samples) - ptsUs,
            pcm: output.pcm,
            words: output.words,
            phonemes: [],
            timing: 'estimated',
          };
          for (const part of sliceChunk(chunk)) subscriber.next({ type: 'audio', chunk: part });
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          if (samples === 0 && asked > 0) {
            subscriber.error(new TthError('provider.protocol_error', 'The avatar ended without a sound.'));
            return;
          }
          subscriber.next({ type: 'picture_end' });
          subscriber.complete();
        },
      });
      face.add(
        sentences.subscribe({
          next: ({ sentence, text, controls }) => {
            asked += 1;
            const item = { sentence, text, emotion: controls.emotion };
            workload.offered(item);
            texts.push(item);
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            workload.complete();
            texts.close();
          },
        }),
      );
      return face;
    });
