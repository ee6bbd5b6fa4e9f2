import { secretRef, servedVoiceOptions } from '@tth/core/plugin';
import * as z from 'zod';

/** A recording that is imitated. Paths are absolute or from the folder that the process runs in. */
const clip = z.strictObject({
  /** WAV of 16 bits, 16 kHz or more, 30 s at most; 3 to 10 s of clean speech is best. */
  promptWav: z.string().min(1),
  /** What is said in it, word for word. Without it the voice speaks across languages. */
  promptText: z.string().min(1).optional(),
  /** BCP 47 primary tag of what is said in it: other languages are then spoken across. */
  language: z.string().min(2).optional(),
});
/** A voice that the server has by itself. */
const speaker = z.strictObject({ speaker: z.string().min(1) });
const source = z.union([speaker, clip]);

const voicesOf = <Voice extends z.ZodType>(voice: Voice) =>
  z
    .record(z.string().min(1).max(64), voice)
    .refine((voices) => Object.keys(voices).length > 0, 'expected at least one voice');

/** Of a persona that names none; the first one by default. */
const defaultVoice = z.string().min(1).optional();
/** Sentences that are spoken at one time. */
const maxCallsInFlight = z.int().min(1).max(64);
const cosyvoiceLanguages = ['zh', 'en', 'ja', 'ko', 'de', 'es', 'fr', 'it', 'ru'];
const languages = z.array(z.string().min(2)).default(cosyvoiceLanguages);

/** `runtime/python/fastapi/server.py` of the CosyVoice repository. */
const fastapi = z.strictObject({
  server: z.literal('fastapi'),
  baseUrl: z.url().default('http://127.0.0.1:50000'),
  voices: voicesOf(source),
  /** What the model makes: 24,000 for CosyVoice 2 and 3, 22,050 for the first one. Nothing in its answers says so. */
  sampleRateHz: z.union([z.literal(24_000), z.literal(22_050)]).default(24_000),
  languages,
  defaultVoice,
  /** One model works off whatever it is given, without a bound of its own. */
  maxCallsInFlight: maxCallsInFlight.default(2),
});

const vllmOmni = z.strictObject({ server: z.literal('vllm-omni'), ...servedVoiceOptions, languages });

/** CosyVoice of Alibaba Cloud Model Studio. */
const hosted = z.strictObject({
  server: z.literal('hosted'),
  apiKey: secretRef('DASHSCOPE_API_KEY'),
  /** Keys belong to a region, and so to an address. */
  url: z.url({ protocol: /^wss?$/ }).default('wss://dashscope.aliyuncs.com/api-ws/v1/inference'),
  model: z.string().min(1).default('cosyvoice-v3-flash'),
  voices: voicesOf(speaker).default({ longanyang: { speaker: 'longanyang' } }),
  /** Times of words. Only some models and voices have them; with others nothing is known of words then. */
  wordTimings: z.boolean().default(false),
  /** Whether the voices obey instructions: in the vendor's fixed words, or in any. */
  instructions: z.enum(['none', 'fixed', 'free']).default('none'),
  languages: z.array(z.string().min(2)).default(['zh', 'en']),
  defaultVoice,
  /** What the account may; the engine's own bound by default. */
  maxCallsInFlight: maxCallsInFlight.optional(),
});

const isDefaultKnown = ({
  voices,
  defaultVoice,
}: {
  voices: object;
  defaultVoice?: string | undefined;
}): boolean => defaultVoice === undefined || Object.hasOwn(voices, defaultVoice);

/** Options per kind of server. */
export const cosyvoiceOptions = z
  .discriminatedUnion('server', [fastapi, vllmOmni, hosted])
  .refine(isDefaultKnown, { path: ['defaultVoice'], error: 'expected one of the voices' });

/** The voice of this name, else the default one. */
export const voiceNamed = <Voice>(
  name: string | undefined,
  {
    voices,
    defaultVoice,
  }: { readonly voices: Readonly<Record<string, Voice>>; readonly defaultVoice?: string | undefined },
): Voice => {
  const known = [name, defaultVoice].find((each) => each !== undefined && Object.hasOwn(voices, each));
  return voices[known ?? Object.keys(voices)[0]!]!;
};

export type VoiceSource = z.output<typeof source>;
export type FastapiOptions = z.output<typeof fastapi>;
export type VllmOmniOptions = z.output<typeof vllmOmni>;
export type HostedOptions = z.output<typeof hosted>;
export type CosyvoiceOptions = z.output<typeof cosyvoiceOptions>;
