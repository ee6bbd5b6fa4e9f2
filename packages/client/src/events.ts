import type { ServerMessage, ServerMessageOf } from '@tth/protocol';
import type { ConnectionState } from './connection.ts';
import type { TthClientError } from './errors.ts';
import type { AudioBlocked } from './playback/audio-output.ts';
import type { Caption } from './playback/captions.ts';
import type { PlaybackProgress } from './playback/playback.ts';

/** What happens on this side of the wire. */
export interface LocalEvents {
  state: ConnectionState;
  /** The sentence that is heard, or nothing after the last. */
  caption: Caption | null;
  speaking: boolean;
  playback: PlaybackProgress;
  audio_blocked: AudioBlocked;
  /** Sound runs from now on, or has stopped by itself; then it is asked for again, and `audio_blocked` says if in vain. */
  audible: boolean;
  /** Something failed that no call was waiting for. */
  client_error: TthClientError;
}

/** Every message of the server by its type, and the local events. */
export type ClientEvents = { [Type in ServerMessage['type']]: ServerMessageOf<Type> } & LocalEvents;
