import * as z from 'zod';
import { TthError, isTthError, toTthError } from '../domain/errors.ts';
import type { AnyAdapter, InferContext, SessionContext } from './adapter.ts';
import { type AdapterDefinition, type AdapterDeps, type PluginDefinition, apiVersion } from './define.ts';
import { assignAdapters } from './assign-adapters.ts';
import { createHttp } from './http.ts';
import type { ServicePort, Services } from './services.ts';
import { createSockets } from './socket.ts';

/** A plugin as configuration names it: its definition, or the failure to import it. */
export interface PluginSource {
  /** Package name or path, for messages. */
  readonly name: string;
  readonly load: () => Promise<unknown>;
}

/** One plugin or adapter that could not be started; everything else runs on. */
export interface PluginFailure {
  readonly plugin: string;
  readonly adapter?: string;
  readonly error: TthError;
}

export interface PluginHost {
  readonly adapters: readonly AnyAdapter[];
  readonly services: Services;
  readonly failures: readonly PluginFailure[];
  /** Closes what was started, last first. Never throws; later calls wait for the first. */
  close(): Promise<void>;
}

const definitionShape = z.object({
  name: z.string().min(1),
  apiVersion: z.number().int(),
  adapters: z
    .array(
      z.looseObject({
        stage: z.enum(['llm', 'tts', 'avatar']),
        id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower case letters, digits and dashes'),
        create: z.function(),
      }),
    )
    .optional(),
  services: z.array(z.looseObject({ port: z.string(), create: z.function() })).optional(),
});

/** Checks what a plugin package exports. Throws `plugin.invalid` saying what was expected. */
export const readPluginDefinition = (exported: unknown, name: string): PluginDefinition => {
  const candidate =
    typeof exported === 'object' && exported !== null && 'default' in exported ? exported.default : exported;
  const shape = definitionShape.safeParse(candidate);
  if (!shape.success) {
    throw new TthError('plugin.invalid', 'The package has no default export made by definePlugin().', {
      details: { plugin: name, problem: z.prettifyError(shape.error) },
    });
  }
  if (shape.data.apiVersion !== apiVersion) {
    throw new TthError(
      'plugin.invalid',
      'The plugin is written for another version of the contract; install a version that matches.',
      { details: { plugin: name, expected: apiVersion, found: shape.data.apiVersion } },
    );
  }
  return candidate as PluginDefinition;
};

type InferStream = (input: unknown, control: unknown, context: InferContext) => AsyncIterable<unknown>;

const ended: IteratorResult<unknown> = { done: true, value: undefined };

/** A stream that ends when it is aborted, however its adapter takes that: what it gives or throws then is dropped. */
const endAtAbort =
  (inferStream: InferStream): InferStream =>
  (input, control, context) => ({
    [Symbol.asyncIterator]: () => {
      const items = inferStream(input, control, context)[Symbol.asyncIterator]();
      const leave = async (): Promise<IteratorResult<unknown>> => {
        await items.return?.();
        return ended;
      };
      const quiet = (error: unknown): IteratorResult<unknown> => {
        if (context.signal.aborted) return ended;
        throw error;
      };
      return {
        next: () => (context.signal.aborted ? leave() : items.next()).catch(quiet),
        return: leave,
      };
    },
  });

type OpenSession = (context: SessionContext) => Promise<{
  readonly inferStream: InferStream;
  close?(): Promise<void>;
}>;

/** What a session of an adapter promises is what the adapter promises. */
const openSafely =
  (openSession: OpenSession): OpenSession =>
  async (context) => {
    const session = await openSession(context);
    return {
      inferStream: endAtAbort(session.inferStream.bind(session)),
      close: async () => session.close?.(),
    };
  };

const startAdapter = (
  id: string,
  definition: AdapterDefinition,
  given: unknown,
  deps: AdapterDeps,
): AnyAdapter => {
  const options = definition.options.safeParse(given ?? {});
  if (!options.success) {
    throw new TthError('config.invalid', 'The options of an adapter are not as its plugin expects.', {
      details: {
        field: `adapters.${id}`,
        problem: z.prettifyError(options.error),
      },
    });
  }
  const capabilities =
    typeof definition.capabilities === 'function'
      ? definition.capabilities(options.data, deps.services)
      : definition.capabilities;
  const implementation = definition.create(options.data, deps) as AnyAdapter;
  const inferStream = endAtAbort(implementation.inferStream.bind(implementation) as InferStream);
  const adapter = {
    id,
    capabilities: () => capabilities,
    inferStream,
    inferBatch:
      implementation.inferBatch?.bind(implementation) ??
      (async (...call: Parameters<InferStream>) => {
        const items: unknown[] = [];
        for await (const item of inferStream(...call)) items.push(item);
        return items;
      }),
    health: implementation.health.bind(implementation),
    close: async () => implementation.close?.(),
    ...(implementation.warmup && { warmup: implementation.warmup.bind(implementation) }),
    ...(implementation.openSession && {
      openSession: openSafely(implementation.openSession.bind(implementation) as OpenSession),
    }),
  };
  return adapter as unknown as AnyAdapter;
};

/** Ports to which every plugin may add. */
const lists: readonly ServicePort[] = ['inputChecks', 'tools'];

/** What a port holds once a plugin has made its service. */
const join = (port: ServicePort, services: Services, made: unknown): unknown => {
  if (!lists.includes(port)) return made;
  if (!Array.isArray(made)) {
    throw new TthError('plugin.invalid', 'The service of this port is a list.', { details: { port } });
  }
  const before = (services[port] ?? []) as readonly unknown[];
  return [...before, ...(made as readonly unknown[])];
};

/**
 * Loads plugins, starts their services and then their adapters, in the order given. A plugin that cannot
 * be imported, is of the wrong version, has bad options or throws is left out and listed in `failures`.
 * `adapterOptions` has an entry for each adapter that was asked for; `assignAdapters` says what follows of it.
 */
export const startPlugins = async (
  sources: readonly PluginSource[],
  adapterOptions: Readonly<Record<string, unknown>>,
  given: Omit<AdapterDeps, 'services' | 'http' | 'socket'>,
): Promise<PluginHost> => {
  const deps = { ...given, http: createHttp(given), socket: createSockets(given) };
  const failures: PluginFailure[] = [];
  const plugins: PluginDefinition[] = [];
  for (const source of sources) {
    try {
      plugins.push(readPluginDefinition(await source.load(), source.name));
    } catch (error) {
      failures.push({
        plugin: source.name,
        error: toTthError(error, 'plugin.error', 'The plugin could not be loaded.'),
      });
    }
  }

  const services: { -readonly [Port in keyof Services]: Services[Port] } = {};
  for (const plugin of plugins) {
    for (const service of plugin.services ?? []) {
      try {
        Object.assign(services, { [service.port]: join(service.port, services, await service.create(deps)) });
      } catch (error) {
        failures.push({
          plugin: plugin.name,
          error: toTthError(error, 'plugin.error', 'A service of the plugin did not start.'),
        });
      }
    }
  }

  const adapters: AnyAdapter[] = [];
  const { assignments, failures: unassigned } = assignAdapters(plugins, adapterOptions);
  failures.push(...unassigned);
  for (const { plugin, definition, id, options } of assignments) {
    try {
      adapters.push(startAdapter(id, definition, options, { ...deps, services }));
    } catch (error) {
      failures.push({
        plugin,
        adapter: id,
        error: isTthError(error)
          ? error
          : new TthError('plugin.error', 'The adapter did not start.', { cause: error }),
      });
    }
  }

  let closing: Promise<void> | undefined;
  return {
    adapters,
    services,
    failures,
    close: () => {
      closing ??= (async () => {
        for (const adapter of adapters.toReversed()) {
          try {
            await adapter.close();
          } catch (error) {
            deps.log.warn({ adapter: adapter.id, error }, 'an adapter did not close cleanly');
          }
        }
      })();
      return closing;
    },
  };
};
