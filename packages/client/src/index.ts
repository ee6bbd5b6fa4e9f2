export { createTthClient, type SessionInfo, type TthClient, type TthClientOptions } from './client.ts';
export type { Turn, TurnEnd } from './turn.ts';
export type { ClientEvents, LocalEvents } from './events.ts';
export type { ConnectionState } from './connection.ts';
export type { ClientAudioCodec, ClientVideoCodec, ControlPatch } from './support.ts';
export { TthClientError, isTthClientError, type ClientErrorCode } from './errors.ts';
export type { Caption } from './playback/captions.ts';
export type { PlaybackProgress, PlaybackStats } from './playback/playback.ts';
export type { Clock } from './clock.ts';
export type { ClientSocket, SocketListener, Transport } from './transport.ts';
export type {
  AudioBlocked,
  AudioBlockedReason,
  AudioOutput,
  AudioOutputListener,
  PlayoutCommand,
  PlayoutReport,
} from './playback/audio-output.ts';
export { createSilentOutput } from './playback/silent-output.ts';
export { needsClick } from './playback/audio-output.ts';
export type { Surroundings } from './surroundings.ts';
export type { Screen } from './playback/screen.ts';
export type { Picture, PictureDecoder } from './playback/picture-decoder.ts';
export type { SoundDecoder } from './playback/sound-decoder.ts';
export type { ServerMessage, ServerMessageOf } from '@tth/protocol';
export {
  defineAvatarElement,
  type AvatarElementOptions,
  type AvatarEvents,
  type AvatarTurn,
  type TthAvatar,
} from './element/avatar-element.ts';
export type { AvatarState } from './element/avatar-view.ts';
