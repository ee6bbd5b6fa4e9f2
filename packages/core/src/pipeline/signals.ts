import type { Controls } from '../domain/controls.ts';
import type { ControlOutcome } from '../domain/events.ts';
import type { AudioChunk, PictureFormat, PictureFrame } from '../domain/media.ts';
import type { SpeechPlan } from './prosody.ts';

/** A sentence of the reply with the controls and the plan that it is spoken with. Numbered from 0. */
export interface Sentence extends Omit<SpeechPlan, 'emotion'> {
  readonly sentence: number;
  /** As it is shown: without markdown, numbers and short forms as they were written. */
  readonly text: string;
  readonly controls: Controls;
  /** It bridges a silence and is no part of the reply. */
  readonly isFiller?: boolean;
}

/** Speech on the turn's clock. */
export type SpeechSignal =
  | { readonly type: 'audio'; readonly chunk: AudioChunk }
  /** The sound and picture after this place of the turn is void; what comes next begins there. */
  | { readonly type: 'rewind'; readonly sentence: number; readonly toUs: number }
  /** Nobody can speak any more; the rest of the turn is text. */
  | { readonly type: 'speech_lost'; readonly reason: string };

/** Pictures on the turn's clock. `show` numbers the calls to faces that pictures come from, from 0. */
export type PictureSignal =
  | {
      readonly type: 'format';
      readonly show: number;
      readonly format: PictureFormat;
      /** Who took over a picture that was lost; absent for the first face. */
      readonly returned?: string | undefined;
    }
  | { readonly type: 'picture'; readonly show: number; readonly frame: PictureFrame }
  /** A face failed; the sound goes on. */
  | { readonly type: 'picture_lost'; readonly provider: string; readonly reason: string }
  /** No more pictures will come. */
  | { readonly type: 'picture_end' };

/** Everything the pipeline of a turn gives out, in order. */
export type TurnSignal =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'sentence'; readonly sentence: Sentence }
  | { readonly type: 'report'; readonly outcomes: readonly ControlOutcome[] }
  | SpeechSignal
  | PictureSignal;
