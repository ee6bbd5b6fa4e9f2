import { Observable, type OperatorFunction, type Subscription } from 'rxjs';
import { TthError, toTthError } from '../domain/errors.ts';
import { type AudioChunk, type PictureFrame, usToSamples } from '../domain/media.ts';
import type { AvatarSpeech } from '../plugin/adapter.ts';
import type { Face } from './managed-avatar.stage.ts';
import type { Demand } from './demand.ts';
import { fromProvider } from './from-provider.ts';
import type { Lane } from './lane.ts';
import type { PictureSignal, SpeechSignal } from './signals.ts';
import type { SpeechFeed } from './speech-feed.ts';
import { createWorkload, type Workload } from './workload.ts';

/** A change of the face that is on show: another one, the same with other controls, or none for a while. */
export type FaceChange =
  | {
      readonly face: Face;
      /** Where it begins; the first speech without a picture where there is none. Speech before it gets no picture. */
      readonly fromUs?: number;
      /** Pictures from there on are void, and drawn anew. */
      readonly redraws?: boolean;
    }
  | {
      readonly face: undefined;
      readonly reason: string;
      /** Its return is not the one that a face which was lost may make. */
      readonly isRest: boolean;
    };

export interface SplitAvatarDeps {
  readonly first: Face;
  /** Asked for from outside, while there is a face. */
  readonly changes: Observable<FaceChange>;
  /** Somebody who may show the face again after it was lost. */
  readonly findNext: () => Face | undefined;
  readonly demand: Demand;
  readonly feed: SpeechFeed;
  /** Up to here pictures have left, or would come too late: those after it may have to be drawn anew. */
  readonly pastUs: () => number;
  readonly emotionOf: (sentence: number) => AvatarSpeech['emotion'];
}

/** A call to a face that takes in speech. */
interface Show {
  readonly face: Face;
  /** Where it began on the turn's clock; its own begins at 0. */
  readonly fromUs: number;
  readonly returned: string | undefined;
  readonly lane: Lane<AvatarSpeech>;
  readonly workload: Workload;
  readonly call: Subscription;
}

const shifted = <Timed extends { readonly startUs: number }>(
  each: readonly Timed[],
  byUs: number,
): readonly Timed[] => each.map((timed) => ({ ...timed, startUs: timed.startUs + byUs }));

const speechOf = (chunk: AudioChunk, fromUs: number, emotion: AvatarSpeech['emotion']): AvatarSpeech =>
  fromUs === 0
    ? { ...chunk, emotion }
    : {
        ...chunk,
        ptsUs: chunk.ptsUs - fromUs,
        words: shifted(chunk.words, -fromUs),
        phonemes: shifted(chunk.phonemes, -fromUs),
        emotion,
      };

/** The part of a chunk between two times of the turn; `undefined` where there is none. */
const partOf = (chunk: AudioChunk, fromUs: number, toUs: number): AudioChunk | undefined => {
  const endUs = chunk.ptsUs + chunk.durationUs;
  if (endUs <= fromUs || chunk.ptsUs >= toUs) return undefined;
  const startUs = Math.max(fromUs, chunk.ptsUs);
  const stopUs = Math.min(toUs, endUs);
  const sounds = (timed: { readonly startUs: number; readonly durationUs: number }): boolean =>
    timed.startUs + timed.durationUs > startUs && timed.startUs < stopUs;
  return {
    ...chunk,
    ptsUs: startUs,
    durationUs: stopUs - startUs,
    pcm: chunk.pcm.subarray(usToSamples(startUs - chunk.ptsUs), usToSamples(stopUs - chunk.ptsUs)),
    words: chunk.words.filter(sounds),
    phonemes: chunk.phonemes.filter(sounds),
  };
};

/**
 * Split mode: speech goes through a bounded lane to a face, which pulls it and gives pictures. When the face
 * fails the speech goes on without it; once per turn another call takes over at the beginning of a sentence.
 * Speech that is taken back ends the call, and the same face begins anew from that place.
 */
export const splitAvatarStage =
  (deps: SplitAvatarDeps): OperatorFunction<SpeechSignal, PictureSignal> =>
  (speech) =>
    new Observable((subscriber) => {
      const { feed } = deps;
      let show: Show | undefined;
      let shows = 0;
      let mayReturn = true;
      let isRest = false;
      let isSpoken = false;
      let lastSentence = -1;
      let fedUs = 0;
      let picturedUs = 0;
      /** Speech whose pictures are not past: what a call that begins anew must be given again. */
      let unseen: AudioChunk[] = [];

      const end = (): void => {
        subscriber.next({ type: 'picture_end' });
        subscriber.complete();
      };

      const leave = (face: Face, reason: string): void => {
        show = undefined;
        feed.clear();
        subscriber.next({ type: 'picture_lost', provider: face.id, reason });
        if (isSpoken || !(mayReturn || isRest)) end();
      };

      const lose = (face: Face, error: unknown): void => {
        isRest = false;
        leave(face, toTthError(error, 'plugin.error', 'The face failed in an unexpected way.').code);
      };

      const begin = (face: Face, fromUs: number, returned?: string): void => {
        const lane = feed.open();
        const workload = createWorkload(face.prebufferMs);
        const number = shows;
        shows += 1;
        fedUs = fromUs;
        picturedUs = fromUs;
        const onTurn = (frame: PictureFrame): PictureFrame =>
          fromUs === 0 ? frame : { ...frame, ptsUs: frame.ptsUs + fromUs };
        const call = fromProvider(
          (signal) =>
            face.open({ kind: 'audio', speech: lane }, signal, () => lane.isFull || workload.owes()),
          deps.demand,
        ).subscribe({
          next: (output) => {
            workload.gave(output);
            if (output.type === 'format') subscriber.next({ ...output, show: number, returned });
            if (output.type === 'picture') {
              const frame = onTurn(output.frame);
              picturedUs = frame.ptsUs + frame.durationUs;
              const seenUs = Math.min(picturedUs, deps.pastUs());
              unseen = unseen.filter(({ ptsUs, durationUs }) => ptsUs + durationUs > seenUs);
              subscriber.next({ type: 'picture', show: number, frame });
            }
          },
          error: (error: unknown) => lose(face, error),
          complete: () => {
            if (isSpoken) end();
            else
              lose(
                face,
                new TthError('provider.protocol_error', 'The face left before the speech was over.'),
              );
          },
        });
        subscriber.add(call);
        show = { face, fromUs, returned, lane, workload, call };
      };

      const change = (next: FaceChange): void => {
        if (show === undefined) return;
        const { returned, call } = show;
        call.unsubscribe();
        if (next.face === undefined) {
          ({ isRest } = next);
          leave(show.face, next.reason);
          return;
        }
        const { face, fromUs = 0, redraws = false } = next;
        const againUs = redraws ? fromUs : Math.max(fromUs, picturedUs);
        const again = unseen.flatMap((chunk) => partOf(chunk, againUs, Infinity) ?? []);
        unseen = [];
        begin(face, again[0]?.ptsUs ?? fedUs, returned);
        for (const chunk of again) offer(chunk);
        if (isSpoken) closeSpeech();
      };

      const closeSpeech = (): void => {
        show?.workload.complete();
        show?.lane.close();
      };

      /** A face that was lost comes back with a sentence. */
      const beginSentence = (chunk: AudioChunk): void => {
        const next = show === undefined && (mayReturn || isRest) ? deps.findNext() : undefined;
        if (next === undefined) return;
        if (!isRest) mayReturn = false;
        isRest = false;
        begin(next, chunk.ptsUs, next.id);
      };

      const rewind = (toUs: number): void => {
        if (show === undefined || fedUs <= toUs) return;
        const { face, returned, call } = show;
        call.unsubscribe();
        const fromUs = Math.min(toUs, picturedUs);
        const again = unseen.flatMap((chunk) => partOf(chunk, fromUs, toUs) ?? []);
        unseen = [];
        begin(face, again[0]?.ptsUs ?? toUs, returned);
        for (const chunk of again) offer(chunk);
      };

      const offer = (chunk: AudioChunk): void => {
        if (show === undefined) return;
        const item = speechOf(chunk, show.fromUs, deps.emotionOf(chunk.sentence));
        fedUs = chunk.ptsUs + chunk.durationUs;
        if (chunk.durationUs > 0) unseen.push(chunk);
        show.workload.offered(item);
        show.lane.push(item);
      };

      begin(deps.first, 0);
      subscriber.add(deps.changes.subscribe(change));
      subscriber.add(
        speech.subscribe({
          next: (signal) => {
            if (signal.type === 'speech_lost') return;
            if (signal.type === 'rewind') {
              rewind(signal.toUs);
              return;
            }
            const { chunk } = signal;
            if (chunk.sentence !== lastSentence) beginSentence(chunk);
            lastSentence = chunk.sentence;
            offer(chunk);
          },
          error: () => feed.clear(),
          complete: () => {
            isSpoken = true;
            if (show === undefined) {
              end();
              return;
            }
            closeSpeech();
          },
        }),
      );
    });
