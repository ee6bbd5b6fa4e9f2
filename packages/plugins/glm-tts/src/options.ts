import { secretRef, servedVoiceOptions } from '@tth/core/plugin';
import * as z from 'zod';

/** Voices of the hosted service, the one first that it takes where nobody is named. */
export const systemVoices = ['tongtong', 'chuichui', 'xiaochen', 'jam', 'kazi', 'douji', 'luodo'] as const;

const hosted = z.strictObject({
  server: z.literal('hosted'),
  apiKey: secretRef('BIGMODEL_API_KEY'),
  baseUrl: z.url().default('https://open.bigmodel.cn/api/paas/v4'),
  model: z.string().min(1).default('glm-tts'),
  /** Ids of voices that the account has cloned, beside those of the service. */
  clonedVoices: z.array(z.string().min(1).max(64)).default([]),
  /** Of a persona that names none. */
  defaultVoice: z.string().min(1).default(systemVoices[0]),
  /** A tone before the speech says that it is synthetic. It is no speech, and lips are late by its length. */
  watermark: z.boolean().default(false),
  /** How sound is written in the events. */
  encoding: z.enum(['base64', 'hex']).default('base64'),
  /** What the account may; the engine's own bound by default. */
  maxCallsInFlight: z.int().min(1).max(64).optional(),
});

const vllmOmni = z.strictObject({ server: z.literal('vllm-omni'), ...servedVoiceOptions });

type Given = z.output<typeof hosted> | z.output<typeof vllmOmni>;

const isDefaultKnown = (options: Given): boolean => {
  if (options.server === 'vllm-omni') {
    return options.defaultVoice === undefined || Object.hasOwn(options.voices, options.defaultVoice);
  }
  return [...systemVoices, ...options.clonedVoices].includes(options.defaultVoice);
};

/** Options per kind of server. */
export const glmTtsOptions = z
  .discriminatedUnion('server', [hosted, vllmOmni])
  .refine(isDefaultKnown, { path: ['defaultVoice'], error: 'expected one of the voices' });

export type HostedOptions = z.output<typeof hosted>;
export type VllmOmniOptions = z.output<typeof vllmOmni>;
