import { type LlmCapabilities, secretRef } from '@tth/core/plugin';
import * as z from 'zod';
import { type Flavour, type FlavourName, type Structured, flavourNames, flavours } from './flavours.ts';

/** The address of an API, without a slash at its end. */
export const httpAddress = z
  .url({ protocol: /^https?$/ })
  .refine((text) => new URL(text).username === '', 'keys do not belong into an address; use apiKey')
  .transform((text) => text.replace(/\/+$/, ''));

export const secretObject = z.strictObject({ secret: z.string().min(1) });

export const effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

/** What both APIs take. */
const shared = {
  model: z.string().min(1),
  baseUrl: httpAddress.optional(),
  apiKey: secretRef()
    .optional()
    .describe('by flavour: OPENAI_API_KEY, DASHSCOPE_API_KEY, LITELLM_API_KEY at their usual addresses'),
  organization: z.string().min(1).optional(),
  project: z.string().min(1).optional(),
  /** Sent with every call, such as those of a gateway. Values that are secrets are named. */
  headers: z.record(z.string(), z.union([z.string(), secretObject])).default({}),
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  reasoningEffort: effort.optional(),
  verbosity: z.enum(['low', 'medium', 'high']).optional(),
  /** Fields that are added to every request as they are. */
  extraBody: z.record(z.string(), z.json()).default({}),
  tools: z.boolean().optional(),
  maxCallsInFlight: z.int().min(1).optional(),
};

type Given = z.output<z.ZodObject<typeof shared>> & {
  readonly flavour: FlavourName;
  readonly thinking?: 'off' | 'on';
};

interface Problem {
  readonly field: string;
  readonly message: string;
}

/** What a flavour does not take, and what it cannot do without. */
const problemsOf = (given: Given): readonly Problem[] => {
  const { flavour: name, model, baseUrl, apiKey, thinking } = given;
  const flavour: Flavour = flavours[name];
  const problems: Problem[] = [];
  const refuse = (field: string, message: string): void => void problems.push({ field, message });
  if (baseUrl === undefined && flavour.baseUrl === undefined) {
    refuse('baseUrl', `the flavour ${name} has no usual address; say where the server is`);
  }
  if (baseUrl !== undefined && apiKey === undefined && flavour.key === 'required') {
    refuse('apiKey', 'name the key for this address: the usual one is sent to the usual address alone');
  }
  for (const field of ['organization', 'project', 'verbosity'] as const) {
    if (given[field] !== undefined && !flavour.hasProjects) {
      refuse(field, `the flavour ${name} does not know it`);
    }
  }
  if (given.reasoningEffort !== undefined && !flavour.hasEffort) {
    refuse('reasoningEffort', `the flavour ${name} does not know it; use thinking`);
  }
  if (thinking === 'off' && flavour.alwaysThinks?.test(model) === true) {
    refuse(
      'model',
      'this model cannot be kept from thinking; choose another, or set thinking to on and expect silence',
    );
  }
  return problems;
};

const check = (given: Given, context: z.RefinementCtx): void => {
  for (const { field, message } of problemsOf(given)) {
    context.addIssue({ code: 'custom', path: [field], message, input: given });
  }
};

export const chatOptions = z
  .strictObject({
    ...shared,
    flavour: z.enum(flavourNames).default('openai'),
    /** `on`: the model may think before it answers; nothing of that is spoken. */
    thinking: z.enum(['off', 'on']).default('off'),
    /** How an answer is held to a JSON schema, where the flavour's own way does not fit the model. */
    structured: z.enum(['strict', 'schema', 'json', 'none']).optional(),
    continuePrefix: z.boolean().optional(),
  })
  .superRefine(check);

export const responsesOptions = z
  .strictObject({
    ...shared,
    flavour: z.enum(['openai', 'generic']).default('openai'),
    structured: z.enum(['strict', 'schema', 'json', 'none']).optional(),
    /** Lets OpenAI keep the answers on its side. */
    store: z.boolean().default(false),
  })
  .superRefine(check);

export type ChatOptions = z.output<typeof chatOptions>;
export type ResponsesOptions = z.output<typeof responsesOptions>;

/** Options with what their flavour says in the place of what they do not. */
export interface Resolved {
  readonly flavour: Flavour;
  readonly baseUrl: string;
  readonly structured: Structured;
  readonly tools: boolean;
  readonly continues: boolean;
}

export const resolve = (options: ChatOptions | ResponsesOptions): Resolved => {
  const flavour: Flavour = flavours[options.flavour];
  const continues = 'continuePrefix' in options ? options.continuePrefix : undefined;
  return {
    flavour,
    baseUrl: options.baseUrl ?? flavour.baseUrl ?? '',
    structured: options.structured ?? flavour.structured(options.model),
    tools: options.tools ?? flavour.tools,
    continues: continues ?? ('thinking' in options && options.thinking === 'off' && !!flavour.continuing),
  };
};

export const capabilitiesOf = (options: ChatOptions | ResponsesOptions): LlmCapabilities => {
  const { flavour, structured, tools, continues } = resolve(options);
  const maxCallsInFlight = options.maxCallsInFlight ?? flavour.maxCallsInFlight;
  return {
    stage: 'llm',
    structured: structured !== 'none',
    tools,
    continuePrefix: continues,
    ...(maxCallsInFlight !== undefined && { maxCallsInFlight }),
  };
};
