import type { LooseControls } from '../domain/controls.ts';
import type { Interruptible } from '../domain/events.ts';
import type { PlaybackQuality } from '../pipeline/playout.ts';

/** What a client may ask of its session. */
export type SessionCommand =
  | {
      readonly type: 'user_text' | 'say';
      readonly clientMsgId: string;
      readonly text: string;
      readonly controls?: LooseControls | undefined;
      /** Whether others may end the turn before its time; `yes` where it is not said. */
      readonly interruptible?: Interruptible | undefined;
    }
  | { readonly type: 'controls'; readonly clientMsgId: string; readonly controls: LooseControls }
  | {
      readonly type: 'interrupt';
      readonly clientMsgId?: string | undefined;
      readonly turnId?: string | undefined;
    }
  | { readonly type: 'credit'; readonly audioMs: number; readonly videoMs: number }
  | ({
      readonly type: 'playback';
      readonly turnId: string;
      readonly mediaMs: number;
      readonly ended: boolean;
    } & PlaybackQuality)
  | { readonly type: 'key_frame' }
  | { readonly type: 'ping'; readonly t?: number | undefined }
  | { readonly type: 'close_session' };
