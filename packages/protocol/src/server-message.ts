import * as z from 'zod';
import { emotionControl, looseControls } from './controls.ts';
import { audioCodec, videoCodec } from './client-message.ts';
import { wireError } from './errors.ts';

const turnId = z.string();
const mediaUs = z.number().int().nonnegative();

/**
 * Every event carries these. `seq` counts 1, 2, 3… without a hole in one `logId`;
 * `ts` is wall time in milliseconds and for display only.
 */
const envelope = {
  v: z.number().int(),
  sessionId: z.string(),
  logId: z.string(),
  seq: z.number().int().positive(),
  ts: z.number(),
  turnId: turnId.optional(),
};

const event = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ ...envelope, type: z.literal(type), ...shape });

/** What the picture of a turn is. `channels` names each byte of a pose; `badge`: draw a sign that it is synthetic. */
export const pictureFormat = z.object({
  codec: videoCodec,
  widthPx: z.number().int(),
  heightPx: z.number().int(),
  fps: z.number(),
  channels: z.array(z.string()).optional(),
  character: z.string().optional(),
  badge: z.boolean().optional(),
});

const sessionView = {
  token: z.string(),
  persona: z.object({ id: z.string(), name: z.string(), language: z.string(), identity: z.string() }),
  audio: z.object({ codec: audioCodec, sampleRateHz: z.number().int() }),
  video: videoCodec.nullable(),
  limits: z.object({ maxTextLength: z.number().int(), aheadMs: z.number(), resumeWindowMs: z.number() }),
};

export const controlOutcome = z.object({
  field: z.string(),
  /** `engine`: the value was not good for any provider. */
  stage: z.enum(['llm', 'tts', 'avatar', 'engine']),
  provider: z.string(),
  requested: z.unknown(),
  used: z.unknown(),
  result: z.enum(['applied', 'clamped', 'substituted', 'emulated', 'deferred', 'dropped']),
  reason: z.string().optional(),
});

const heard = {
  heardMs: z.number().nonnegative(),
  heardText: z.string(),
  heardSource: z.enum(['complete', 'client', 'pacing']),
};

/** Everything a server may send as JSON. Media travels beside it in binary frames. */
export const serverMessage = z.discriminatedUnion('type', [
  event('session_created', sessionView),
  event('session_resumed', {
    ...sessionView,
    recovered: z.boolean(),
    replayed: z.number().int().nonnegative(),
    how: z.enum(['local', 'relay', 'takeover']),
  }),
  event('session_state', {
    state: z.string(),
    openTurn: z.object({ turnId, turn: z.number().int(), text: z.string() }).nullable(),
  }),
  event('session_notice', { notice: z.string(), resumable: z.boolean().optional() }),
  event('session_closed', { reason: z.string() }),
  event('accepted', {
    clientMsgId: z.string().optional(),
    effect: z.enum([
      'turn',
      'queued',
      'controls',
      'stopped',
      'after_sentence',
      'not_interruptible',
      'none',
      'already_stopped',
      'stale',
    ]),
    duplicate: z.boolean().optional(),
  }),
  event('turn_started', {
    turn: z.number().int(),
    epoch: z.number().int(),
    kind: z.enum(['user_text', 'say']),
  }),
  event('text_delta', { text: z.string() }),
  event('sentence', { sentence: z.number().int(), text: z.string(), emotion: emotionControl }),
  event('video_format', { format: pictureFormat }),
  event('control_report', { outcomes: z.array(controlOutcome) }),
  event('degraded_mode', {
    stage: z.enum(['llm', 'tts', 'avatar']),
    from: z.string(),
    to: z.string(),
    reason: z.string(),
  }),
  event('audio_discard', { sentence: z.number().int(), afterUs: mediaUs }),
  event('drift', { skewMs: z.number(), correction: z.string() }),
  event('metrics', { values: z.record(z.string(), z.number()) }),
  event('flow', { state: z.enum(['paused', 'running', 'buffering']) }),
  event('turn_completed', { durationMs: z.number(), sentences: z.number().int(), ...heard }),
  event('turn_stopped', { reason: z.enum(['interrupt', 'replaced', 'session_closed']), ...heard }),
  event('turn_error', { error: wireError, partial: z.boolean(), ...heard }),
  event('server_draining', { deadlineMs: z.number() }),
  event('pong', { t: z.number().optional() }),
  event('error', { error: wireError, clientMsgId: z.string().optional() }),
]);
export type ServerMessage = z.infer<typeof serverMessage>;
export type ServerMessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

/** The answer of `POST /v1/sessions`. */
export const sessionCreatedResponse = z.object({
  sessionId: z.string(),
  token: z.string(),
  persona: sessionView.persona,
});
export type SessionCreatedResponse = z.infer<typeof sessionCreatedResponse>;

/** One row of `GET /v1/models`, in the shape of the OpenAI list plus what TTH adds. */
export const modelRow = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.number(),
  owned_by: z.string(),
  stage: z.enum(['llm', 'tts', 'avatar']),
  capabilities: z.record(z.string(), z.unknown()),
});

/** The body of `POST /v1/generate`. */
export const generateRequest = z.strictObject({
  text: z.string().trim().min(1).max(4_000),
  mode: z.enum(['say', 'chat']).default('say'),
  format: z.enum(['mp4', 'webm', 'wav']).default('mp4'),
  persona: z.string().min(1).max(64).optional(),
  controls: looseControls.optional(),
});
export type GenerateRequest = z.infer<typeof generateRequest>;

/** The query of `GET /v1/generate`, for the `src` of a `<video>`. */
export const generateQuery = generateRequest.omit({ controls: true });
