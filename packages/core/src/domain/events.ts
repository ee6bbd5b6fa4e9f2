import type { Stage } from './capabilities.ts';
import type { EmotionControl } from './controls.ts';
import type { ErrorCode } from './errors.ts';
import type { TurnId } from './ids.ts';
import type { AudioCodec, PictureCodec, PictureFormat } from './media.ts';

/** How a turn began: a question to answer, or words to speak as they are. */
export type TurnKind = 'user_text' | 'say';

/** Whether an interrupt or a new text may end a turn: at once, not at all, or when its present sentence is over. */
export type Interruptible = 'yes' | 'no' | 'after_sentence';

/** How much of a turn was played, and how we know. */
export interface Heard {
  readonly heardMs: number;
  readonly heardText: string;
  readonly heardSource: 'complete' | 'client' | 'pacing';
}

/** What became of one control that somebody asked for. */
export interface ControlOutcome {
  /** Dotted path, such as `character.rate`. */
  readonly field: string;
  /** `engine`: the value was not good for any provider; `provider` is then `tth`. */
  readonly stage: Stage | 'engine';
  readonly provider: string;
  readonly requested: unknown;
  readonly used: unknown;
  readonly result: 'applied' | 'clamped' | 'substituted' | 'emulated' | 'deferred' | 'dropped';
  readonly reason?: string;
}

/** What a refusal or a failed turn tells the client. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** What a client needs to correct what it sent. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface SessionView {
  readonly token: string;
  readonly persona: {
    readonly id: string;
    readonly name: string;
    readonly language: string;
    readonly identity: string;
  };
  readonly audio: { readonly codec: AudioCodec; readonly sampleRateHz: number };
  readonly video: PictureCodec | null;
  readonly limits: {
    readonly maxTextLength: number;
    readonly aheadMs: number;
    readonly resumeWindowMs: number;
  };
}

export type StopReason = 'interrupt' | 'replaced' | 'session_closed';

/** Everything that a session tells its client besides media. */
export type SessionEvent =
  | ({ readonly type: 'session_created' } & SessionView)
  | ({
      readonly type: 'session_resumed';
      readonly recovered: boolean;
      readonly replayed: number;
      readonly how: 'local';
    } & SessionView)
  | {
      readonly type: 'session_state';
      readonly state: string;
      readonly openTurn: { readonly turnId: TurnId; readonly turn: number; readonly text: string } | null;
    }
  | { readonly type: 'session_closed'; readonly reason: string }
  | {
      readonly type: 'accepted';
      readonly clientMsgId?: string | undefined;
      readonly turnId?: TurnId | undefined;
      readonly effect:
        | 'turn'
        | 'queued'
        | 'controls'
        | 'stopped'
        | 'after_sentence'
        | 'not_interruptible'
        | 'none'
        | 'already_stopped'
        | 'stale';
      readonly duplicate?: boolean;
    }
  | {
      readonly type: 'turn_started';
      readonly turnId: TurnId;
      readonly turn: number;
      readonly epoch: number;
      readonly kind: TurnKind;
    }
  | { readonly type: 'text_delta'; readonly turnId: TurnId; readonly text: string }
  | {
      readonly type: 'sentence';
      readonly turnId: TurnId;
      readonly sentence: number;
      readonly text: string;
      readonly emotion: EmotionControl;
    }
  | { readonly type: 'video_format'; readonly turnId: TurnId; readonly format: PictureFormat }
  /** Without `turnId`: what will become of the session's controls from the next turn on. */
  | {
      readonly type: 'control_report';
      readonly turnId?: TurnId | undefined;
      readonly outcomes: readonly ControlOutcome[];
    }
  | {
      readonly type: 'degraded_mode';
      readonly turnId: TurnId;
      readonly stage: Stage;
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }
  /** The sound and picture of the turn from `afterUs` on is void; what comes next begins there. */
  | {
      readonly type: 'audio_discard';
      readonly turnId: TurnId;
      readonly sentence: number;
      readonly afterUs: number;
    }
  /** A correction of picture against sound begins, or ends with `none`. */
  | {
      readonly type: 'drift';
      readonly turnId: TurnId;
      readonly skewMs: number;
      readonly correction: string;
    }
  | {
      readonly type: 'flow';
      readonly turnId: TurnId;
      readonly state: 'paused' | 'running' | 'buffering';
    }
  | { readonly type: 'metrics'; readonly turnId: TurnId; readonly values: Readonly<Record<string, number>> }
  | ({
      readonly type: 'turn_completed';
      readonly turnId: TurnId;
      readonly durationMs: number;
      readonly sentences: number;
    } & Heard)
  | ({ readonly type: 'turn_stopped'; readonly turnId: TurnId; readonly reason: StopReason } & Heard)
  | ({
      readonly type: 'turn_error';
      readonly turnId: TurnId;
      readonly error: Failure;
      readonly partial: boolean;
    } & Heard)
  | { readonly type: 'server_draining'; readonly deadlineMs: number }
  | { readonly type: 'pong'; readonly t?: number | undefined }
  | { readonly type: 'error'; readonly error: Failure; readonly clientMsgId?: string | undefined };

/** An event in its place in the session's log. `seq` counts from 1 without a hole; `ts` is wall time in ms. */
export type LoggedEvent = SessionEvent & { readonly seq: number; readonly ts: number };

export const isTerminal = (event: SessionEvent): boolean =>
  event.type === 'turn_completed' || event.type === 'turn_stopped' || event.type === 'turn_error';
