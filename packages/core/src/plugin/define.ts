import type * as z from 'zod';
import type { AvatarCapabilities, LlmCapabilities, Stage, TtsCapabilities } from '../domain/capabilities.ts';
import type { Random } from '../domain/ids.ts';
import type { Clock } from '../domain/time.ts';
import type { AvatarImplementation, LlmImplementation, TtsImplementation } from './adapter.ts';
import type { Http } from './http.ts';
import type { Log, SecretStore, ServicePort, Services } from './services.ts';
import type { Sockets } from './socket.ts';

/** The contract version a plugin is written against. */
export const apiVersion = 1;

/** Everything an adapter may touch besides its input. A plugin never reads the environment. */
export interface AdapterDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly secrets: SecretStore;
  /** Calls to a vendor, with failures as codes of the error table. */
  readonly http: Http;
  /** WebSockets to a vendor, with the same codes. */
  readonly socket: Sockets;
  /** Services of other plugins; each may be absent. */
  readonly services: Services;
}

/** Data, or data that depends on the adapter's options and on which services are installed. */
type CapabilitySource<Options, Can> = Can | ((options: Options, services: Services) => Can);

interface AdapterDefinitionOf<S extends Stage, Schema extends z.ZodType, Can, Implementation> {
  readonly stage: S;
  /** Unique among all plugins; what configuration and events call this adapter. */
  readonly id: string;
  /**
   * Starts only where the configuration names it, in `adapters` or in a route. For providers that cost money, or
   * that cannot be used as they are.
   */
  readonly optIn?: boolean;
  readonly options: Schema;
  readonly capabilities: CapabilitySource<z.output<Schema>, Can>;
  create(options: z.output<Schema>, deps: AdapterDeps): Implementation;
}

export type LlmDefinition<Schema extends z.ZodType = z.ZodType> = AdapterDefinitionOf<
  'llm',
  Schema,
  LlmCapabilities,
  LlmImplementation
>;
export type TtsDefinition<Schema extends z.ZodType = z.ZodType> = AdapterDefinitionOf<
  'tts',
  Schema,
  TtsCapabilities,
  TtsImplementation
>;
export type AvatarDefinition<Schema extends z.ZodType = z.ZodType> = AdapterDefinitionOf<
  'avatar',
  Schema,
  AvatarCapabilities,
  AvatarImplementation
>;
export type AdapterDefinition = LlmDefinition | TtsDefinition | AvatarDefinition;

export interface ServiceDefinition<Port extends ServicePort = ServicePort> {
  readonly port: Port;
  readonly create: (deps: Omit<AdapterDeps, 'services'>) => Promise<NonNullable<Services[Port]>>;
}

/** The default export of a plugin package. Plain data: importing it does nothing. */
export interface PluginDefinition {
  /** The package's own name. */
  readonly name: string;
  readonly apiVersion: number;
  readonly adapters?: readonly AdapterDefinition[];
  readonly services?: readonly ServiceDefinition[];
}

export const defineLlm = <Schema extends z.ZodType>(
  definition: Omit<LlmDefinition<Schema>, 'stage'>,
): LlmDefinition<Schema> => ({ stage: 'llm', ...definition });

export const defineTts = <Schema extends z.ZodType>(
  definition: Omit<TtsDefinition<Schema>, 'stage'>,
): TtsDefinition<Schema> => ({ stage: 'tts', ...definition });

export const defineAvatar = <Schema extends z.ZodType>(
  definition: Omit<AvatarDefinition<Schema>, 'stage'>,
): AvatarDefinition<Schema> => ({ stage: 'avatar', ...definition });

export const defineService = <Port extends ServicePort>(
  definition: ServiceDefinition<Port>,
): ServiceDefinition<Port> => definition;

export const definePlugin = (definition: PluginDefinition): PluginDefinition => definition;
