import * as z from 'zod';
import { looseControls } from './controls.ts';

/** The longest text of one turn, in characters. */
export const maxTextLength = 4_000;
/** The longest JSON message, in bytes. */
export const maxMessageBytes = 16 * 1024;

const text = z
  .string()
  .max(maxTextLength, `expected at most ${maxTextLength} characters; send the rest as another turn`)
  .refine((value) => value.trim().length > 0, 'expected some text')
  .refine((value) => value.isWellFormed(), 'expected well-formed Unicode');

/** Made by the client, unique per command; answered in `accepted` or `error`. */
const clientMsgId = z.string().min(1).max(64);
const turnId = z.string().min(1).max(64);
const mediaMs = z.number().min(0).max(60_000);

export const audioCodec = z.enum(['pcm_s16le', 'opus']);
export const videoCodec = z.enum(['h264', 'vp8', 'jpeg', 'pose', 'livekit', 'webrtc']);

/** What the client can play, best first. */
export const accepts = z.strictObject({
  audio: z.array(audioCodec).max(8).default(['pcm_s16le']),
  video: z.array(videoCodec).max(8).default([]),
});
export type Accepts = z.infer<typeof accepts>;

/** A session wished for: the body of `POST /v1/sessions` and the core of `hello`. */
export const sessionRequest = z.strictObject({
  accepts: accepts.prefault({}),
  persona: z.string().min(1).max(64).optional(),
  controls: looseControls.optional(),
  /** Only providers that the operator has given all of these tags, such as `local`, serve the session. */
  tags: z.array(z.string().min(1).max(32)).max(8).optional(),
});
export type SessionRequest = z.infer<typeof sessionRequest>;

/** First frame of a client. Answered by `session_created` or `session_resumed`. */
const hello = z.strictObject({
  type: z.literal('hello'),
  v: z.number().int(),
  ...sessionRequest.shape,
  resume: z
    .strictObject({
      sessionId: z.string().min(1).max(64),
      token: z.string().min(1).max(128),
      logId: z.string().min(1).max(64).optional(),
      lastSeq: z.number().int().nonnegative().default(0),
    })
    .optional(),
});

/**
 * Whether an interrupt or a new text may end this turn: at once, not at all, or when the sentence that is heard is
 * over. Closing the session always ends it.
 */
const interruptible = z.enum(['yes', 'no', 'after_sentence']).optional();

/** Starts a turn with a question. While one runs, the session's policy decides; by default it is interrupted. */
const userText = z.strictObject({
  type: z.literal('user_text'),
  clientMsgId,
  text,
  controls: looseControls.optional(),
  interruptible,
});

/** Starts a turn that speaks exactly this text. */
const say = z.strictObject({
  type: z.literal('say'),
  clientMsgId,
  text,
  controls: looseControls.optional(),
  interruptible,
});

/** Changes the session's controls from the next turn on. */
const controls = z.strictObject({ type: z.literal('controls'), clientMsgId, controls: looseControls });

/** Stops a turn; without `turnId` the running one. Safe to repeat. */
const interrupt = z.strictObject({
  type: z.literal('interrupt'),
  clientMsgId: clientMsgId.optional(),
  turnId: turnId.optional(),
});

const closeSession = z.strictObject({ type: z.literal('close_session') });

/** Room for this much more media, in milliseconds. A client that never sends it is paced by wall clock. */
const credit = z.strictObject({ type: z.literal('credit'), audioMs: mediaMs, videoMs: mediaMs });

/**
 * Where the client's loudspeaker is in a turn.
 * `skewMs`: what was shown minus what was heard, at the last drawn frame; positive means the picture is ahead.
 * `bufferedMs`: sound that is there and was not played.
 */
const playback = z.strictObject({
  type: z.literal('playback'),
  turnId,
  mediaMs: z.number().min(0),
  ended: z.boolean().default(false),
  skewMs: z.number().optional(),
  underruns: z.number().int().nonnegative().optional(),
  bufferedMs: z.number().min(0).optional(),
});

/** Asks for a key frame: the client cannot decode any more. */
const keyFrame = z.strictObject({ type: z.literal('key_frame') });

/** Keeps the connection alive; send one every 20 seconds. */
const ping = z.strictObject({ type: z.literal('ping'), t: z.number().optional() });

/** Everything a client may send. Unknown types and unknown fields are refused. */
export const clientMessage = z.discriminatedUnion('type', [
  hello,
  userText,
  say,
  controls,
  interrupt,
  closeSession,
  credit,
  playback,
  keyFrame,
  ping,
]);
/** As the server reads it, defaults filled in. */
export type ClientMessage = z.output<typeof clientMessage>;
/** As a client may write it. */
export type ClientMessageInput = z.input<typeof clientMessage>;
export type ClientMessageOf<Type extends ClientMessage['type']> = Extract<ClientMessage, { type: Type }>;
