import * as z from 'zod';
import { emotionLabels, framings, gestures } from '@tth/core/plugin';

// What a plugin says of itself is data that router, control report and clients read: it has to be true to its type.

const range = z
  .object({ min: z.number(), max: z.number() })
  .refine(({ min, max }) => min <= max, 'min is above max');
const emotions = z.array(z.enum(emotionLabels));
const shared = { maxCallsInFlight: z.int().min(1).optional() };
const timing = z.enum(['measured', 'estimated', 'none']);

const capabilities = z.discriminatedUnion('stage', [
  z.object({
    ...shared,
    stage: z.literal('llm'),
    structured: z.boolean(),
    tools: z.boolean(),
    continuePrefix: z.boolean(),
  }),
  z.object({
    ...shared,
    stage: z.literal('tts'),
    input: z.enum(['sentence', 'stream']),
    timings: z.object({ words: timing, phonemes: timing }),
    textNormalization: z.enum(['provider', 'engine']).optional(),
    pausable: z.boolean(),
    languages: z.array(z.string().min(2)),
    voices: z.array(z.string().min(1)),
    controls: z.object({
      emotions,
      rate: range.optional(),
      pitch: range.optional(),
      volume: range.optional(),
      style: z.boolean().optional(),
    }),
  }),
  z.object({
    ...shared,
    stage: z.literal('avatar'),
    input: z.enum(['audio', 'text']),
    delivery: z.array(z.enum(['h264', 'vp8', 'jpeg', 'pose', 'livekit', 'webrtc'])).min(1),
    pace: z.object({
      fasterThanRealTime: z.boolean(),
      prebufferMs: z.number().min(0),
      joinTimeoutMs: z.number().min(0),
      reportsPlayback: z.boolean(),
    }),
    identities: z.array(z.string().min(1)),
    controls: z.object({
      emotions,
      framings: z.array(z.enum(framings)),
      gaze: z.boolean(),
      headMotion: z.boolean(),
      background: z.boolean(),
      gestures: z.array(z.enum(gestures)).optional(),
      fps: range,
      sizePx: range,
    }),
  }),
]);

/** What is wrong with the capabilities of an adapter of this stage, field by field; empty where they are sound. */
export const capabilityProblems = (given: unknown, stage: string): readonly string[] => {
  const checked = capabilities.safeParse(given);
  if (!checked.success) {
    return checked.error.issues.map(({ path, message }) => `capabilities.${path.join('.')}: ${message}`);
  }
  return checked.data.stage === stage ? [] : [`capabilities.stage: expected ${stage}`];
};
