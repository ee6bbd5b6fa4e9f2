import type { ErrorCode } from '@tth/core';
import type { ClientMessage, CloseReason, MediaFrame, ServerMessage } from '@tth/protocol';

/** What a client says with each message. */
export const clientMeanings: Readonly<Record<ClientMessage['type'], string>> = {
  hello:
    'The first message, once, within five seconds. Opens a session, or takes up the one in `resume`; answered by `session_created` or `session_resumed`.',
  user_text:
    'Asks something: starts a turn. Answered by `accepted` with the turn’s id. A turn that is running is stopped first.',
  say: 'Has exactly this text spoken: a turn without a model.',
  controls:
    'Changes the session’s controls from the next turn on. Answered by `accepted` and a `control_report` without `turnId`.',
  interrupt:
    'Stops a turn; without `turnId` the running one. May be repeated. Answered by `accepted` with the effect, then `turn_stopped`.',
  close_session: 'Ends the session. Answered by `session_closed` and close code 4511.',
  credit: 'Room for this much more media. A client that never sends it is paced by wall clock.',
  playback:
    'Where the loudspeaker is in a turn. It decides what counts as heard. `skewMs` is what pictures are corrected by; `underruns` counts since the client began. A client that sends `credit` or this takes part in flow control: silent for two seconds while it should play, it is sent no more media; after ten it is closed with 4004.',
  key_frame: 'Asks for a key frame because the decoder lost its place.',
  ping: 'Keeps the connection alive; answered by `pong`.',
};

/** What the server says with each message. */
export const serverMeanings: Readonly<Record<ServerMessage['type'], string>> = {
  session_created: 'The session is open; `token` opens it again after a lost connection.',
  session_resumed: 'The session goes on. `recovered`: every missed event follows, `replayed` of them.',
  session_state: 'Sent after a resume that could not replay everything: where the session stands.',
  session_notice: 'Something about the session that its user may want to know.',
  session_closed: 'The last event of a session; the socket closes with 4511.',
  accepted: 'A command was understood. `duplicate`: it was a repetition and had no effect.',
  turn_started: 'Maps the turn’s number, which media frames carry, to its id.',
  text_delta: 'A piece of the reply as it is written, without tags.',
  sentence:
    'A sentence that will be spoken, as it is written but without markdown, numbered from 0, with its feeling. A filler, which bridges the silence of a slow model, is one too, but no part of `text_delta`.',
  video_format: 'What the pictures of this turn are; comes before the first of them.',
  control_report:
    'What became of every control that the client asked for: once per turn, again when another provider takes over and does otherwise, and after `controls`.',
  degraded_mode: 'A stage goes on with less than it had; comes before the media that it concerns.',
  audio_discard:
    'Sound and picture of the turn from this time on must not be played; what comes next begins there.',
  drift:
    'A correction of pictures against the sound begins (`rate`, `drop`, `hold`, `resync`) or ends (`none`). `skewMs`: how far they were apart, positive when the picture was ahead.',
  metrics:
    'Before the end of every turn, whatever that is. Milliseconds from its start to its first text, sentence, sound (made, audible, played) and picture and to its filler; `queueMs`: how long it waited for its start; `guardMs`: how long its text was checked; and what was measured of sound and picture meanwhile: see the guide on sync.',
  flow: 'Media pauses because the client says nothing (`paused`) or because the voice is slower than speech (`buffering`), or goes on (`running`).',
  turn_completed: 'The turn was heard to its end. One of three terminal events; each turn has exactly one.',
  turn_stopped: 'The turn was cut. No media of its epoch comes after this.',
  turn_error: 'The turn failed; the session lives on. `partial`: some of it was sent.',
  server_draining: 'The server will stop; connect again soon.',
  pong: 'Answers `ping` with the same `t`.',
  error: 'A message was refused.',
};

/** What happened, and what to do about it. */
export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  'protocol.invalid_message': 'The message or body does not follow the schema; `details` names the field.',
  'protocol.message_too_large': 'Send less at a time.',
  'protocol.unsupported_version': 'Speak a version that `details.supported` names.',
  'protocol.controls_refused':
    'The controls said `strict` and cannot all be honoured; `details.outcomes` lists what would be degraded.',
  'protocol.turn_running': 'A turn runs and may not be replaced, by policy; wait for its end.',
  'protocol.not_found': 'There is nothing at this address.',
  'auth.forbidden': 'The request came from another origin or for another host name.',
  'capacity.rate_limited': 'Too many requests; wait for `retryAfterMs`.',
  'capacity.overloaded': 'No room for another session or inspector; try later.',
  'capacity.draining': 'The server is stopping; try later.',
  'provider.unavailable': 'The provider cannot be reached, or rests after repeated failures.',
  'provider.timeout': 'The provider sent nothing in time.',
  'provider.stalled': 'The provider stopped sending in the middle.',
  'provider.protocol_error': 'The provider answered with something that makes no sense, or with nothing.',
  'provider.rate_limited': 'The provider refused because of too many calls.',
  'provider.rejected': 'The provider refused this very request; another text may pass.',
  'provider.misconfigured':
    'The provider refuses our credential or does not know the model or voice asked for. It is left alone for a minute; the operator corrects its options.',
  'provider.none_available': 'No provider of a stage is installed, or all of them rest.',
  'provider.format_mismatch': 'The provider sent media of another format than it announced.',
  'session.not_found': 'No such session, a wrong token, or an unknown persona.',
  'session.conflict': 'The session is closing; open a new one.',
  'session.owner_lost': 'The process that had the session is gone.',
  'turn.budget':
    'What the turn had left was too little to wait for this provider; it is not counted against it.',
  'turn.deadline': 'The turn took longer than its budget, or was stopped before its end.',
  'guard.input_rejected':
    'The text is empty, too long or was refused by a rail, named by `details.rail` in the log and in HTTP answers.',
  'guard.output_blocked': 'The reply contained a credential and broke off before it.',
  'store.unavailable': 'Conversations cannot be read or kept.',
  'config.invalid':
    'The configuration, an option or a plugin’s options are wrong; `details` names the field.',
  'config.port_in_use': 'The port is taken; choose another, or 0 for any.',
  'plugin.invalid': 'The package is no plugin, or one of another contract version.',
  'plugin.error': 'A plugin failed in an unexpected way; its log line has the cause.',
  'internal.unexpected': 'A bug of ours; nothing of it is told to the client.',
};

/** Why the server closes a socket. */
export const closeMeanings: Readonly<Record<CloseReason, string>> = {
  draining: 'the server stops',
  moved: 'the session is elsewhere now',
  fenced: 'another process owns the session',
  slowConsumer: 'the client does not read what it is sent, or says nothing of it for ten seconds',
  pingTimeout: 'a client’s own code, for a server that went silent',
  overloaded: 'there is no room for another session; `error` says so before',
  rateLimited: 'too many messages',
  internal: 'a bug of ours',
  tokenExpired: 'the credentials ran out',
  sequenceGap: 'a client’s own code, for a missing event: it connects again and resumes',
  badRequest: 'three messages within a minute made no sense, or too many pings came',
  unauthenticated: 'no `hello` within five seconds',
  forbidden:
    'an inspector sent something: it only listens. A foreign origin is refused before the socket opens, with HTTP 403',
  sessionNotFound: 'the session of `resume` is gone, the token is wrong, or the persona is unknown',
  messageTooLarge: 'a message was too large',
  quotaExceeded: 'the quota is used up',
  unsupportedVersion: 'another protocol version',
  abuse: 'abuse',
  replaced: 'another connection took the session over',
  sessionClosed: 'the session has ended',
};

/** The media frame's header, byte by byte. */
export const headerFields: readonly {
  readonly field: keyof MediaFrame | 'version' | 'flags' | 'zero';
  readonly type: string;
  readonly bytes: number;
  readonly meaning: string;
}[] = [
  { field: 'version', type: 'u8', bytes: 1, meaning: 'version of this layout' },
  { field: 'kind', type: 'u8', bytes: 1, meaning: 'see below' },
  { field: 'codec', type: 'u8', bytes: 1, meaning: 'see below' },
  { field: 'flags', type: 'u8', bytes: 1, meaning: '1 key, 2 sentence end, 4 idle' },
  { field: 'turn', type: 'u32', bytes: 4, meaning: 'number of the turn; `turn_started` maps it to an id' },
  { field: 'epoch', type: 'u32', bytes: 4, meaning: 'raised by every interrupt; drop what is older' },
  { field: 'seq', type: 'u32', bytes: 4, meaning: 'media frames of this connection, from 0' },
  { field: 'ptsUs', type: 'u64', bytes: 8, meaning: 'microseconds from the first sample of the turn' },
  { field: 'durationUs', type: 'u32', bytes: 4, meaning: 'microseconds' },
  { field: 'sentence', type: 'u16', bytes: 2, meaning: 'sentence of the turn, from 0' },
  { field: 'zero', type: 'u16', bytes: 2, meaning: 'reserved' },
  { field: 'payload', type: 'bytes', bytes: 0, meaning: 'sound, picture or poses' },
];
