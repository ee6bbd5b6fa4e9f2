import type { Pcm, PhonemeTiming, WordTiming } from '@tth/core/plugin';

/** One run of the synthesizer, in its own units. */
export interface SpeakRequest {
  readonly text: string;
  /** Primary BCP 47 tag, for finding words in scripts that do not space them. */
  readonly language: string;
  /** Language and variant, such as `en-us+f2`. */
  readonly voice: string;
  readonly wordsPerMinute: number;
  /** 0 to 99; 50 is the voice's own. */
  readonly pitch: number;
  /** 0 (monotone) to 99; 50 is the voice's own. */
  readonly range: number;
  /** Percent; 100 is the voice's own. */
  readonly volume: number;
  /** Silence after the last sound. */
  readonly pauseMs: number;
}

/** Sound at 24 kHz; times count from the first sample of the run. The receiver owns `pcm`. */
export interface SpokenPiece {
  readonly pcm: Pcm;
  readonly words: readonly WordTiming[];
  readonly phonemes: readonly PhonemeTiming[];
}

export interface ToWorker {
  readonly job: number;
  readonly request: SpeakRequest;
}

/** Pieces of one job in order, then its end, which also follows a cancellation. */
export type FromWorker =
  | { readonly type: 'piece'; readonly job: number; readonly piece: SpokenPiece }
  | { readonly type: 'end'; readonly job: number };

/** Four bytes shared with one worker: the number of the job that it is to give up. Jobs count from 1. */
export type CancelFlag = Int32Array<SharedArrayBuffer>;

export interface WorkerSetup {
  readonly cancel: CancelFlag;
}
