import { emotionLabels, secretRef } from '@tth/core/plugin';
import * as z from 'zod';
import { httpAddress, secretObject } from './options.ts';
import {
  type SpeechFlavour,
  type SpeechFlavourName,
  type SpeechForm,
  speechFlavours,
} from './speech-flavours.ts';

const flavourNames = Object.keys(speechFlavours) as [SpeechFlavourName, ...SpeechFlavourName[]];
const name = z.string().min(1).max(256);

const given = z.strictObject({
  /** Which server it is. */
  flavour: z.enum(flavourNames).default('openai'),
  /** Where it is, with `/v1` where the server has it. */
  baseUrl: httpAddress.optional(),
  /** Where it takes sentences, from the base address on. */
  path: z
    .string()
    .regex(/^\/[^?#]*$/, 'expected a path that begins with a slash')
    .optional(),
  apiKey: secretRef()
    .optional()
    .describe('by flavour: OPENAI_API_KEY, LITELLM_API_KEY at their usual addresses'),
  model: name.optional(),
  /** The voice of a persona that names none. */
  voice: name.optional(),
  /** How sound travels; each flavour has its own choice. */
  form: z.enum(['raw', 'sse', 'captions', 'whole']).optional(),
  /** Of raw samples; a WAV says its own. */
  sampleRateHz: z.int().min(4_000).max(192_000).default(24_000),
  /** The model follows `instructions`: feelings, style and pitch in words. OpenAI's models are known. */
  instructions: z.boolean().optional(),
  /** Voices that are recordings of one person in several feelings, by that person's voice. */
  emotionVoices: z.record(name, z.partialRecord(z.enum(emotionLabels), name)).default({}),
  /** Fields that every request carries beside ours, such as `ref_audio` and `ref_text`. */
  extraBody: z.record(z.string(), z.json()).default({}),
  /** Sent with every call, such as those of a gateway. Values that are secrets are named. */
  headers: z.record(z.string(), z.union([z.string(), secretObject])).default({}),
  maxCallsInFlight: z.int().min(1).optional(),
});

/** Options with everything that the flavour adds to them. */
export interface SpeechSettings extends z.output<typeof given> {
  readonly server: SpeechFlavour;
  readonly baseUrl: string;
  readonly form: SpeechForm;
  readonly instructions: boolean;
}

const takesInstructions = ({ instructed }: SpeechFlavour, model: string | undefined): boolean =>
  instructed !== undefined && model !== undefined && instructed.test(model);

export const speechOptions = given.transform((options, context): SpeechSettings => {
  const server: SpeechFlavour = speechFlavours[options.flavour];
  const { baseUrl = server.baseUrl, model = server.model } = options;
  const sendsEvents = server.instructed === undefined || takesInstructions(server, model);
  const forms = (Object.keys(server.forms) as SpeechForm[]).filter((form) => form !== 'sse' || sendsEvents);
  const { form = forms[0]! } = options;
  const refuse = (path: keyof typeof options, message: string): void => {
    context.addIssue({ code: 'custom', path: [path], message });
  };
  if (baseUrl === undefined) refuse('baseUrl', 'expected the address of the server, which nobody else knows');
  if (options.baseUrl !== undefined && options.apiKey === undefined && server.key !== undefined) {
    refuse('apiKey', 'name the key for this address: the usual one is sent to the usual address alone');
  }
  const people = Object.keys(options.emotionVoices);
  if (people.length > 0 && options.voice !== undefined && !people.includes(options.voice)) {
    refuse('voice', `expected ${people.join(' or ')}: they are the ones with voices for feelings`);
  }
  if (!forms.includes(form)) {
    refuse('form', `expected ${forms.join(' or ')}: this server, or this model of it, has no other`);
  }
  return {
    ...options,
    server,
    form,
    baseUrl: baseUrl ?? '',
    model,
    voice: options.voice ?? people[0] ?? server.voice,
    apiKey: options.apiKey ?? (server.key === undefined ? undefined : { secret: server.key }),
    instructions: options.instructions ?? takesInstructions(server, model),
    maxCallsInFlight: options.maxCallsInFlight ?? server.maxCallsInFlight,
  };
});
