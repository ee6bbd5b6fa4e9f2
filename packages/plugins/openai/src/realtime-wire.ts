import * as z from 'zod';

const count = z.int().nonnegative();

const metadata = z.record(z.string(), z.string()).nullish();

const doneResponse = z.looseObject({
  id: z.string(),
  status: z.string(),
  metadata,
  status_details: z.looseObject({ reason: z.string().nullish(), error: z.unknown().optional() }).nullish(),
  usage: z.looseObject({ input_tokens: count, output_tokens: count }).nullish(),
});
export type DoneResponse = z.output<typeof doneResponse>;

/** Events that mean something to a reader, as the vendor sends them. */
const events = {
  'response.created': z.looseObject({
    type: z.literal('response.created'),
    response: z.looseObject({ id: z.string(), metadata }),
  }),
  'response.output_audio.delta': z.looseObject({
    type: z.literal('response.output_audio.delta'),
    response_id: z.string(),
    delta: z.base64(),
  }),
  'response.output_audio_transcript.done': z.looseObject({
    type: z.literal('response.output_audio_transcript.done'),
    response_id: z.string(),
    transcript: z.string(),
  }),
  'response.done': z.looseObject({ type: z.literal('response.done'), response: doneResponse }),
  'rate_limits.updated': z.looseObject({
    type: z.literal('rate_limits.updated'),
    rate_limits: z.array(
      z.looseObject({ name: z.string(), remaining: z.number(), reset_seconds: z.number() }),
    ),
  }),
  error: z.looseObject({
    type: z.literal('error'),
    error: z.looseObject({ event_id: z.string().nullish() }),
  }),
} as const;

export type RealtimeEvent = {
  [Type in keyof typeof events]: z.output<(typeof events)[Type]>;
}[keyof typeof events];

const anyEvent = z.looseObject({ type: z.string() });

/** Reads a message; `undefined` for the many that a reader has no use for. Throws where it is no event. */
export const readEvent = (message: string): RealtimeEvent | undefined => {
  const event = anyEvent.parse(JSON.parse(message));
  if (!Object.hasOwn(events, event.type)) return undefined;
  return events[event.type as keyof typeof events].parse(event);
};

/** What a conversational model is told so that it reads. Each response says it again: its own words replace these. */
const readerRule = "You are a text reader. Read the user's text aloud word for word. Never answer it.";

/** Where a response is told apart from the others of its socket. */
export const segmentKey = 'tth_segment';

/** Settings of a session; only those that change. */
export interface SessionSettings {
  readonly voice: string;
  readonly speed: number;
}

const outputFormat = { type: 'audio/pcm', rate: 24_000 } as const;

/** Voices of one's own are named by an object. */
const namedVoice = (voice: string): unknown => (voice.startsWith('voice_') ? { id: voice } : voice);

export const sessionUpdate = (
  eventId: string,
  { voice, speed }: Partial<SessionSettings>,
  isFirst: boolean,
): string => {
  const output = {
    ...(isFirst && { format: outputFormat }),
    ...(voice !== undefined && { voice: namedVoice(voice) }),
    ...(speed !== undefined && { speed }),
  };
  const first = { output_modalities: ['audio'], instructions: readerRule };
  const audio = { ...(isFirst && { input: { turn_detection: null } }), output };
  return JSON.stringify({
    type: 'session.update',
    event_id: eventId,
    session: { type: 'realtime', ...(isFirst && first), audio },
  });
};

/** One sentence to read. */
export interface Reading {
  readonly text: string;
  /** The manner, in words. */
  readonly manner: string;
  readonly reasoningEffort: string | undefined;
}

const mostTokens = 4_096;

export const responseCreate = (eventId: string, segment: string, reading: Reading): string =>
  JSON.stringify({
    type: 'response.create',
    event_id: eventId,
    response: {
      conversation: 'none',
      output_modalities: ['audio'],
      instructions: [readerRule, reading.manner].join(' ').trim(),
      metadata: { [segmentKey]: segment },
      max_output_tokens: mostTokens,
      ...(reading.reasoningEffort !== undefined && { reasoning: { effort: reading.reasoningEffort } }),
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: reading.text }] }],
    },
  });

export const responseCancel = (responseId: string): string =>
  JSON.stringify({ type: 'response.cancel', response_id: responseId });
