import { type ControlMap, type TtsCapabilities, emotionLabels, secretRef } from '@tth/core/plugin';
import * as z from 'zod';
import { effort, httpAddress } from './options.ts';
import { pitchRange } from './speech-manner.ts';

const usualAddress = 'https://api.openai.com/v1';

export const realtimeOptions = z
  .strictObject({
    model: z.string().min(1).default('gpt-realtime-2.1-mini'),
    /** Of the API; the socket is found from it. */
    baseUrl: httpAddress.default(usualAddress),
    apiKey: secretRef().optional().describe('OPENAI_API_KEY at the usual address'),
    /** The voice of a persona that names none. */
    voice: z.string().min(1).max(256).default('marin'),
    /** For models that think; the lowest is the fastest. */
    reasoningEffort: effort.optional(),
    /** Sentences in a row that may be read other than they are written; the last of them fails. */
    misreadLimit: z.int().min(1).default(2),
    /** A connection older than this is changed for a new one between two sentences. */
    connectionMinutes: z.number().min(1).max(60).default(55),
  })
  .superRefine(({ baseUrl, apiKey }, context) => {
    if (baseUrl === usualAddress || apiKey !== undefined) return;
    context.addIssue({
      code: 'custom',
      path: ['apiKey'],
      message: 'name the key for this address: the usual one is sent to the usual address alone',
    });
  })
  .transform(({ apiKey = { secret: 'OPENAI_API_KEY' }, ...options }) => ({ apiKey, ...options }));

export type RealtimeOptions = z.output<typeof realtimeOptions>;

const voices = 'alloy ash ballad coral echo sage shimmer verse marin cedar'.split(' ');
const instructions = { to: 'response.instructions' } as const;

/** How the session and its responses spell the controls. */
export const realtimeMap = {
  voice: { to: 'audio.output.voice' },
  rate: { to: 'audio.output.speed', range: { min: 0.25, max: 1.5 } },
  pitch: { to: 'response.instructions', range: pitchRange },
  emotion: instructions,
  intensity: instructions,
  language: instructions,
  style: instructions,
} as const satisfies ControlMap;

export const realtimeCapabilities = ({ voice }: RealtimeOptions): TtsCapabilities => ({
  stage: 'tts',
  input: 'sentence',
  timings: { words: 'none', phonemes: 'none' },
  pausable: true,
  languages: [],
  voices: [...new Set([...voices, voice])],
  controls: { emotions: emotionLabels, rate: realtimeMap.rate.range, pitch: pitchRange, style: true },
  map: realtimeMap,
});
