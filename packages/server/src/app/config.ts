import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from 'c12';
import * as z from 'zod';
import {
  type Persona,
  type Policies,
  TthError,
  defaultPolicies,
  personaSchema,
  policyChoices,
} from '@tth/core';
import { type Environment, readEnvironment } from './environment.ts';

const adapterId = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected an adapter id such as espeak');
/** An adapter, and how it is chosen among those of its stage. */
const routeEntry = z.union([
  adapterId,
  z.strictObject({
    id: adapterId,
    priority: z.number().min(0).optional(),
    weight: z.number().min(0).optional(),
    tags: z.array(z.string().min(1).max(32)).max(8).optional(),
  }),
]);
const route = z.array(routeEntry).min(1, 'expected at least one adapter id; leave the route out to use all');
const loopbackHosts = ['127.0.0.1', 'localhost', '::1'];

const amount = z.number().min(0).optional();

const policyField = (name: string, value: unknown): z.ZodType => {
  if (typeof value === 'number') return amount;
  if (typeof value === 'boolean') return z.boolean().optional();
  if (typeof value === 'string') return z.enum(policyChoices[name] ?? []).optional();
  const fields = Object.entries(value as object).map(([field, inner]) => [field, policyField(field, inner)]);
  return z.strictObject(Object.fromEntries(fields) as Record<string, z.ZodType>).optional();
};

/** Every default policy may be set, the fields of a group too. */
const policyFields = Object.fromEntries(
  Object.entries(defaultPolicies).map(([name, value]) => [name, policyField(name, value)]),
);

/** Groups that are set in part keep their other defaults. */
const fillPolicies = (given: Readonly<Record<string, unknown>>): Partial<Policies> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      typeof value === 'object'
        ? { ...(defaultPolicies[name as keyof Policies] as object), ...value }
        : value,
    ]),
  );

const schema = z.strictObject({
  /** A loopback address: this version serves its own machine only. */
  host: z
    .string()
    .refine((host) => loopbackHosts.includes(host), 'expected a loopback address such as 127.0.0.1')
    .default('127.0.0.1'),
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535).default(8080),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  /** Package names or paths, in the order in which their adapters are asked. */
  plugins: z.array(z.string().min(1)).optional(),
  /** Options by adapter id. */
  adapters: z.record(adapterId, z.unknown()).default({}),
  routes: z
    .strictObject({ llm: route.optional(), tts: route.optional(), avatar: route.optional() })
    .default({}),
  /** Beside those of the folder `personas` and the built-in ones. */
  personas: z.array(personaSchema).default([]),
  /** Who speaks where nobody else is asked for. */
  defaultPersona: z.string().optional(),
  policies: z.strictObject(policyFields).default({}),
  /** A folder that is served under /app/. */
  static: z.string().optional(),
  /** Whether `serve` looks for keys and local servers that could be used, and says so. */
  discovery: z.boolean().default(true),
});

/** What `tth.config.ts` exports. */
export type TthConfig = z.input<typeof schema>;

/** A checked configuration and where it came from. */
export interface Settings extends Omit<z.output<typeof schema>, 'personas' | 'policies'> {
  readonly personas: readonly Persona[];
  readonly policies: Partial<Policies>;
  /** The folder that plugins are imported from. */
  readonly root: string;
  readonly file: string | undefined;
}

/** Types a configuration file; runs nothing. */
export const defineConfig = (config: TthConfig): TthConfig => config;

/** Variables of the environment and the field that each one sets. */
const variables = { TTH_HOST: 'host', TTH_PORT: 'port', TTH_LOG_LEVEL: 'logLevel' } as const;

const fromEnvironment = (env: Environment): Record<string, unknown> => {
  const given: Record<string, unknown> = {};
  for (const [variable, field] of Object.entries(variables)) {
    const value = env[variable];
    if (value === undefined || value === '') continue;
    given[field] = field === 'port' && /^\d+$/.test(value) ? Number(value) : value;
  }
  return given;
};

/** Checks a configuration. Throws `config.invalid` naming each field, what was expected and what to do. */
export const checkConfig = (given: unknown, source: string): z.output<typeof schema> => {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const field = issue.path.join('.') || '(top level)';
    return `${field}: ${issue.message}`;
  });
  throw new TthError('config.invalid', 'The configuration is not as expected.', {
    details: { source, problems },
  });
};

/** The configuration file of a folder, or `undefined` where it has none. */
export const configFileOf = (root: string): string | undefined =>
  ['tth.config.ts', 'tth.config.mjs', 'tth.config.js']
    .map((name) => path.join(root, name))
    .find((candidate) => existsSync(candidate));

/**
 * Reads `tth.config.ts` (or .mjs, .js) of a folder, then the environment and `.env`, then what the command line says;
 * the later wins. Throws `config.invalid`.
 */
export const loadSettings = async (
  root: string,
  env: NodeJS.ProcessEnv,
  overrides: TthConfig = {},
): Promise<Settings> => {
  const file = configFileOf(root);
  let loaded: unknown = {};
  if (file !== undefined) {
    try {
      const { config } = await loadConfig({
        cwd: root,
        configFile: path.basename(file, path.extname(file)),
        rcFile: false,
        globalRc: false,
        packageJson: false,
        dotenv: false,
      });
      loaded = config;
    } catch (cause) {
      throw new TthError('config.invalid', 'The configuration file could not be read.', {
        details: {
          file: path.basename(file),
          problem: cause instanceof Error ? cause.message : String(cause),
        },
        cause,
      });
    }
  }
  const fromFile = file === undefined ? {} : checkConfig(loaded, path.basename(file));
  const fromVariables = fromEnvironment(readEnvironment(root, env));
  checkConfig(fromVariables, Object.keys(variables).join(', '));
  checkConfig(overrides, 'the command line');
  const settings = checkConfig({ ...fromFile, ...fromVariables, ...overrides }, 'all of them together');
  return { ...settings, policies: fillPolicies(settings.policies), root, file } as Settings;
};
