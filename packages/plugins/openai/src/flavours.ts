import { type ErrorRule, dashscopeErrors, litellmErrors, ollamaErrors, vllmErrors } from './error-rules.ts';

export const flavourNames = [
  'openai',
  'dashscope',
  'vllm',
  'ollama',
  'lmstudio',
  'litellm',
  'generic',
] as const;
export type FlavourName = (typeof flavourNames)[number];

/** Fields of a request body. */
export type Fields = Readonly<Record<string, unknown>>;

/** How an answer is held to a JSON schema: strictly, by schema, as any JSON with the schema in words, or not. */
export type Structured = 'strict' | 'schema' | 'json' | 'none';

/** What tells one server that speaks Chat Completions from another. Only its own fields are ever sent to it. */
export interface Flavour {
  /** Where it is when the options do not say; absent: they have to. */
  readonly baseUrl?: string;
  readonly key: 'required' | 'optional';
  /** The secret that holds the key where neither key nor address are given. */
  readonly secret?: string;
  /** Takes `organization` and `project`. */
  readonly hasProjects?: boolean;
  /** The role of what the persona is told. */
  readonly instructions: 'developer' | 'system';
  readonly tokenLimit: 'max_completion_tokens' | 'max_tokens';
  readonly thinking: { readonly off: Fields; readonly on: Fields };
  /** Takes `reasoning_effort`. */
  readonly hasEffort?: boolean;
  /** Models that think whatever they are told. */
  readonly alwaysThinks?: RegExp;
  readonly structured: (model: string) => Structured;
  readonly tools: boolean;
  /** Asks for a count of tokens at the end of the stream. */
  readonly counting: Fields;
  /** Makes it go on with an unfinished answer: fields of the request and of that message. Absent: it cannot. */
  readonly continuing?: { readonly request: Fields; readonly message: Fields };
  /** An address that shows that it is alive, below its root, beside its list of models. */
  readonly alivePath?: string;
  /** Loads a model when it is first asked for it. */
  readonly loadsLate?: boolean;
  /** Calls that one machine of it takes well. */
  readonly maxCallsInFlight?: number;
  /** What its failures mean where that differs from everybody else's. */
  readonly errors: readonly ErrorRule[];
}

const always =
  (structured: Structured): Flavour['structured'] =>
  () =>
    structured;
const nothing = { off: {}, on: {} } as const;
const finalCount = { stream_options: { include_usage: true } } as const;
const newerQwen = /^qwen(?:3\.[7-9]|[4-9])/i;

export const flavours: Readonly<Record<FlavourName, Flavour>> = {
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    key: 'required',
    secret: 'OPENAI_API_KEY',
    hasProjects: true,
    instructions: 'developer',
    tokenLimit: 'max_completion_tokens',
    thinking: nothing,
    hasEffort: true,
    structured: always('strict'),
    tools: true,
    counting: finalCount,
    errors: [],
  },
  dashscope: {
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    key: 'required',
    secret: 'DASHSCOPE_API_KEY',
    instructions: 'system',
    tokenLimit: 'max_tokens',
    thinking: { off: { enable_thinking: false }, on: { enable_thinking: true } },
    alwaysThinks: /^qwq|-thinking(?:-|$)/i,
    structured: (model) => (newerQwen.test(model) ? 'schema' : 'json'),
    tools: true,
    counting: finalCount,
    continuing: { request: {}, message: { partial: true } },
    errors: dashscopeErrors,
  },
  vllm: {
    baseUrl: 'http://localhost:8000/v1',
    key: 'optional',
    instructions: 'system',
    tokenLimit: 'max_tokens',
    thinking: {
      off: { chat_template_kwargs: { enable_thinking: false } },
      on: { chat_template_kwargs: { enable_thinking: true } },
    },
    structured: always('schema'),
    tools: true,
    counting: { stream_options: { include_usage: true, continuous_usage_stats: true } },
    continuing: { request: { continue_final_message: true, add_generation_prompt: false }, message: {} },
    alivePath: '/health',
    errors: vllmErrors,
  },
  ollama: {
    baseUrl: 'http://localhost:11434/v1',
    key: 'optional',
    instructions: 'system',
    tokenLimit: 'max_tokens',
    thinking: { off: { reasoning_effort: 'none' }, on: {} },
    hasEffort: true,
    structured: always('schema'),
    tools: true,
    counting: finalCount,
    alivePath: '/',
    loadsLate: true,
    maxCallsInFlight: 4,
    errors: ollamaErrors,
  },
  lmstudio: {
    baseUrl: 'http://localhost:1234/v1',
    key: 'optional',
    instructions: 'system',
    tokenLimit: 'max_tokens',
    thinking: nothing,
    structured: always('schema'),
    tools: true,
    counting: finalCount,
    loadsLate: true,
    maxCallsInFlight: 2,
    errors: [],
  },
  litellm: {
    baseUrl: 'http://localhost:4000/v1',
    key: 'required',
    secret: 'LITELLM_API_KEY',
    instructions: 'system',
    tokenLimit: 'max_tokens',
    thinking: nothing,
    hasEffort: true,
    structured: always('none'),
    tools: true,
    counting: finalCount,
    alivePath: '/health/liveliness',
    errors: litellmErrors,
  },
  generic: {
    key: 'optional',
    instructions: 'system',
    tokenLimit: 'max_tokens',
    thinking: nothing,
    structured: always('none'),
    tools: false,
    counting: {},
    errors: [],
  },
};
