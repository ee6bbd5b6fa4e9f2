import { secretRef } from '@tth/core/plugin';
import * as z from 'zod';
import { plans } from './models.ts';

const vendorId = z.string().regex(/^\w+$/, 'expected an id');
const voiceId = z.string().regex(/^\w+$/, 'expected the id of a voice, not its name');
const share = z.number().min(0).max(1);

export const elevenLabsOptions = z
  .strictObject({
    apiKey: secretRef('ELEVENLABS_API_KEY'),
    /** Another region, such as `https://api.us.elevenlabs.io`; sockets go to the same host. */
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .default('https://api.elevenlabs.io'),
    model: z
      .string()
      .regex(/^\w+$/, 'expected the id of a model, such as eleven_flash_v2_5')
      .default('eleven_flash_v2_5'),
    /** The id of the voice for personas that name none. */
    voice: voiceId.default('JBFqnCBsd6RMkjVDRZzb'),
    /** Ids of the other voices that personas and users may ask for. */
    voices: z.array(voiceId).default([]),
    /** `socket` is faster; `http` makes a request of each sentence, for networks without WebSockets. */
    transport: z.enum(['socket', 'http']).default('socket'),
    /** The plan of the account: it decides how many sentences are spoken at one time. */
    plan: z.enum(Object.keys(plans) as [keyof typeof plans]).default('creator'),
    /** How even the voice is when it feels nothing; less is livelier. v3 and v4 know 0, 0.5 and 1. */
    stability: share.default(0.5),
    /** How close it keeps to the recorded voice. Not for v3 and v4 over a socket. */
    similarity: share.default(0.75),
    /** Pronunciation dictionaries of the account; the first that knows a word wins. Words are then named as they are spoken. */
    dictionaries: z
      .array(z.strictObject({ id: vendorId, version: vendorId }))
      .max(3)
      .default([]),
    /** Numbers and dates: written out by the model when it is `auto`, always or never. */
    textNormalization: z.enum(['auto', 'on', 'off']).default('auto'),
    /** Whether ElevenLabs keeps what was spoken; only enterprise accounts may say no. */
    logging: z.boolean().default(true),
    /** Seconds without a message after which ElevenLabs closes a socket. Above `conversationIdleMs` of the engine nobody notices. */
    inactivityTimeoutS: z.int().min(5).max(180).default(60),
    /** Keeps a second dialogue socket open for the next sentence. It counts against the plan while it waits. */
    spareSocket: z.boolean().default(true),
  })
  .refine(({ model, transport }) => transport === 'socket' || model !== 'eleven_v3_conversational', {
    path: ['transport'],
    message: 'eleven_v3_conversational is spoken over a socket alone',
  });

export type ElevenLabsOptions = z.output<typeof elevenLabsOptions>;
