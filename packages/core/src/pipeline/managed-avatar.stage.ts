import { Observable, type OperatorFunction } from 'rxjs';
import { TthError } from '../domain/errors.ts';
import { type AudioChunk, samplesToUs } from '../domain/media.ts';
import type { AvatarInput, AvatarOutput, AvatarText } from '../plugin/adapter.ts';
import type { Demand } from './demand.ts';
import { fromProvider } from './from-provider.ts';
import type { Lane } from './lane.ts';
import type { Sentence, TurnSignal } from './signals.ts';
import { sliceChunk } from './slice-chunk.ts';
import { createWorkload } from './workload.ts';

/** A face that may be asked in this turn. */
export interface Face {
  readonly id: string;
  /** Speech that it takes in before its first picture. */
  readonly prebufferMs: number;
  /** `owes`: whether the face has been given enough for another item. */
  readonly open: (
    input: AvatarInput,
    signal: AbortSignal,
    owes: () => boolean,
  ) => AsyncIterable<AvatarOutput>;
}

export interface ManagedAvatarDeps {
  readonly face: Face;
  /** Room for more sound and picture. */
  readonly demand: Demand;
  readonly texts: Lane<AvatarText>;
}

/** Managed mode: the avatar is given sentences and speaks by itself; its sound and picture share one clock. */
export const managedAvatarStage =
  ({ face, demand, texts }: ManagedAvatarDeps): OperatorFunction<Sentence, TurnSignal> =>
  (sentences) =>
    new Observable((subscriber) => {
      let samples = 0;
      let asked = 0;
      const workload = createWorkload(face.prebufferMs);
      const call = fromProvider(
        (signal) => face.open({ kind: 'text', sentences: texts }, signal, workload.owes),
        demand,
      ).subscribe({
        next: (output) => {
          workload.gave(output);
          if (output.type !== 'audio') {
            subscriber.next({ ...output, show: 0 });
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
      call.add(
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
      return call;
    });
