import type { Controls } from '../domain/controls.ts';
import type { ControlOutcome } from '../domain/events.ts';
import type { AudioChunk, PictureFormat, PictureFrame } from '../domain/media.ts';

/** A sentence of the reply with the controls it is spoken with. Numbered from 0. */
export interface Sentence {
  readonly sentence: number;
  readonly text: string;
  readonly controls: Controls;
}

/** Everything the pipeline of a turn gives out, in order. */
export type TurnSignal =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'sentence'; readonly sentence: Sentence }
  | { readonly type: 'report'; readonly outcomes: readonly ControlOutcome[] }
  | { readonly type: 'audio'; readonly chunk: AudioChunk }
  | { readonly type: 'format'; readonly format: PictureFormat }
  | { readonly type: 'picture'; readonly frame: PictureFrame }
  /** The picture ended: at its natural end, or with the reason why none will come. */
  | { readonly type: 'picture_end'; readonly lost?: { readonly provider: string; readonly reason: string } };
