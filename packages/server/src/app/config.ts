import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from 'c12';
import * as z from 'zod';
import { type Persona, type Policies, TthError, defaultPolicies } from '@tth/core';
import { controlPatch } from '@tth/protocol';

const adapterId = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected an adapter id such as espeak');
const route = z.array(adapterId).min(1, 'expected at least one adapter id; leave the route out to use all');
const loopbackHosts = ['127.0.0.1', 'localhost', '::1'];

const persona = z.strictObject({
  id: z.string().min(1).max(64),
  name: z.string().min(1).max(64),
  systemPrompt: z.string().min(1).max(8_000),
  language: z.string().min(2),
  identity: z.string().min(1),
  voices: z.record(z.string(), z.string()),
  controls: controlPatch.optional(),
});

const policyFields = Object.fromEntries(
  Object.entries(defaultPolicies)
    .filter(([, value]) => typeof value === 'number')
    .map(([name]) => [name, z.number().min(0).optional()]),
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
  personas: z.array(persona).default([]),
  policies: z.strictObject(policyFields).default({}),
  /** A folder that is served under /app/. */
  static: z.string().optional(),
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

const fromEnvironment = (env: NodeJS.ProcessEnv): TthConfig => {
  const given: Record<string, unknown> = {};
  if (env['TTH_HOST'] !== undefined) given['host'] = env['TTH_HOST'];
  if (env['TTH_PORT'] !== undefined) given['port'] = Number(env['TTH_PORT']);
  if (env['TTH_LOG_LEVEL'] !== undefined) given['logLevel'] = env['TTH_LOG_LEVEL'];
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

/**
 * Reads `tth.config.ts` (or .mjs, .js) of a folder, then the environment, then what the command line says;
 * the later wins. Throws `config.invalid`.
 */
export const loadSettings = async (
  root: string,
  env: NodeJS.ProcessEnv,
  overrides: TthConfig = {},
): Promise<Settings> => {
  const file = ['tth.config.ts', 'tth.config.mjs', 'tth.config.js']
    .map((name) => path.join(root, name))
    .find((candidate) => existsSync(candidate));
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
  const merged = { ...(loaded as object), ...fromEnvironment(env), ...overrides };
  const settings = checkConfig(merged, file === undefined ? 'defaults and environment' : path.basename(file));
  return { ...settings, root, file } as Settings;
};
