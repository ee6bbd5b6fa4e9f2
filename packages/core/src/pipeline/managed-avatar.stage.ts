import { Observable, type OperatorFunction, Subject } from 'rxjs';
import { TthError, toTthError } from '../domain/errors.ts';
import { type AudioChunk, samplesToUs } from '../domain/media.ts';
import type { AvatarInput, AvatarOutput, AvatarText } from '../plugin/adapter.ts';
import type { Demand } from './demand.ts';
import { fromProvider } from './from-provider.ts';
import { Lane } from './lane.ts';
import type { Sentence, TurnSignal } from './signals.ts';
import { sliceChunk } from './slice-chunk.ts';
import { type TtsStageDeps, ttsStage } from './tts.stage.ts';
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

/** Who goes on after a face that spoke by itself: another such face, or a voice without one. */
export type ManagedStandby<F extends Face = Face> =
  | { readonly kind: 'face'; readonly face: F }
  | { readonly kind: 'voice'; readonly tts: TtsStageDeps };

export interface ManagedAvatarDeps {
  readonly first: Face;
  /** Chooses who goes on, and announces another face; `undefined` where nobody can. */
  readonly takeOver: (lost: Face, error: TthError) => ManagedStandby | undefined;
  /** Room for more sound and picture. */
  readonly demand: Demand;
}

/** Somebody who is given the sentences that are left. */
interface Act {
  offer(sentence: Sentence): void;
  complete(): void;
  clear(): void;
}

/**
 * Managed mode: the avatar is given sentences and speaks by itself; its sound and picture share one clock. When it
 * fails the sentence that it was in is taken back and said again by whoever takes over.
 */
export const managedAvatarStage =
  ({ first, takeOver, demand }: ManagedAvatarDeps): OperatorFunction<Sentence, TurnSignal> =>
  (sentences) =>
    new Observable((subscriber) => {
      const asked: Sentence[] = [];
      let isComplete = false;
      let samples = 0;
      /** Sentences that are said whole, and where the last of them ends. */
      let said = 0;
      let saidSamples = 0;
      let acts = 0;
      let act: Act | undefined;

      const end = (): void => {
        subscriber.next({ type: 'picture_end' });
        subscriber.complete();
      };

      const lose = (face: Face, error: unknown): void => {
        const failure = toTthError(error, 'plugin.error', 'The avatar failed in an unexpected way.');
        act = undefined;
        const standby = takeOver(face, failure);
        if (standby === undefined) {
          subscriber.error(failure);
          return;
        }
        if (standby.kind === 'voice') {
          subscriber.next({ type: 'picture_lost', provider: face.id, reason: failure.code });
        }
        if (samples > saidSamples) {
          samples = saidSamples;
          subscriber.next({
            type: 'rewind',
            sentence: asked[said]?.sentence ?? 0,
            toUs: samplesToUs(samples),
          });
        }
        const next = standby.kind === 'face' ? perform(standby.face) : speak(standby.tts);
        act = next;
        for (const sentence of asked.slice(said)) next.offer(sentence);
        if (isComplete) next.complete();
      };

      /** A voice says the rest. */
      const speak = (tts: TtsStageDeps): Act => {
        const rest = new Subject<Sentence>();
        subscriber.next({ type: 'picture_end' });
        subscriber.add(
          rest.pipe(ttsStage({ ...tts, startSample: samples })).subscribe({
            next: (signal) => subscriber.next(signal),
            error: (error: unknown) => subscriber.error(error),
            complete: () => subscriber.complete(),
          }),
        );
        return {
          offer: (sentence) => rest.next(sentence),
          complete: () => rest.complete(),
          clear: () => {},
        };
      };

      /** A face speaks from here on. */
      const perform = (face: Face): Act => {
        const texts = new Lane<AvatarText>({ capMs: 1, durationMs: () => 1 });
        const workload = createWorkload(face.prebufferMs);
        const fromUs = samplesToUs(samples);
        const show = acts;
        acts += 1;
        const hear = (output: Extract<AvatarOutput, { type: 'audio' }>): void => {
          const ptsUs = samplesToUs(samples);
          samples += output.pcm.length;
          const chunk: AudioChunk = {
            sentence: output.sentence,
            sentenceEnd: output.sentenceEnd,
            ptsUs,
            durationUs: samplesToUs(samples) - ptsUs,
            pcm: output.pcm,
            words: output.words.map((word) => ({ ...word, startUs: word.startUs + fromUs })),
            phonemes: [],
            timing: 'estimated',
          };
          for (const part of sliceChunk(chunk)) subscriber.next({ type: 'audio', chunk: part });
          if (!output.sentenceEnd) return;
          said = asked.findIndex(({ sentence }) => sentence === output.sentence) + 1;
          saidSamples = samples;
        };
        subscriber.add(
          fromProvider(
            (signal) => face.open({ kind: 'text', sentences: texts }, signal, workload.owes),
            demand,
          ).subscribe({
            next: (output) => {
              workload.gave(output);
              if (output.type === 'audio') hear(output);
              if (output.type === 'format') subscriber.next({ ...output, show });
              if (output.type !== 'picture') return;
              const frame = { ...output.frame, ptsUs: output.frame.ptsUs + fromUs };
              subscriber.next({ type: 'picture', show, frame });
            },
            error: (error: unknown) => lose(face, error),
            complete: () => {
              if (isComplete && said === asked.length) end();
              else {
                const message = 'The avatar ended before it had said every sentence.';
                lose(face, new TthError('provider.protocol_error', message));
              }
            },
          }),
        );
        return {
          offer: ({ sentence, text, controls }) => {
            const item = { sentence, text, emotion: controls.emotion };
            workload.offered(item);
            texts.push(item);
          },
          complete: () => {
            workload.complete();
            texts.close();
          },
          clear: () => texts.clear(),
        };
      };

      act = perform(first);
      subscriber.add(
        sentences.subscribe({
          next: (sentence) => {
            asked.push(sentence);
            act?.offer(sentence);
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            isComplete = true;
            act?.complete();
          },
        }),
      );
      return () => act?.clear();
    });
