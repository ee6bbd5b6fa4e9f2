import 'reflect-metadata';
import type { AnyStateMachine } from 'xstate';
import { container as rootContainer } from 'tsyringe';
import { type Persona, builtInPersonas, overlayPersonas } from '../control/personas.ts';
import { type ControlCount, createControlTally } from '../control/tally.ts';
import type { Capabilities, Stage } from '../domain/capabilities.ts';
import type { LooseControls } from '../domain/controls.ts';
import { TthError } from '../domain/errors.ts';
import { type Random, type SessionId, createIds, systemRandom } from '../domain/ids.ts';
import { type Policies, defaultPolicies } from '../domain/policies.ts';
import { type Clock, systemClock } from '../domain/time.ts';
import { type Chart, drawChart } from '../inspect/chart.ts';
import { type ProbeRecord, attachProbe } from '../inspect/probe.ts';
import { circuitMachine } from '../machines/circuit.machine.ts';
import { sessionMachine } from '../machines/session.machine.ts';
import { turnMachine } from '../machines/turn.machine.ts';
import type { Pacing } from '../pipeline/playout.ts';
import { createReplyCache } from '../pipeline/reply-cache.ts';
import { type ToolShelf, createToolShelf } from '../pipeline/toolbox.ts';
import type { AnyAdapter, Health } from '../plugin/adapter.ts';
import { type PluginFailure, type PluginSource, startPlugins } from '../plugin/host.ts';
import { type Log, type SecretStore, type Services, silentLog } from '../plugin/services.ts';
import type { Tool } from '../plugin/tools.ts';
import type { ProviderHealth } from '../routing/health.ts';
import { type Routes, createRegistry, routedAdapters, withoutBroken } from '../routing/registry.ts';
import { type Router, createRouter } from '../routing/router.ts';
import { createMemoryStore } from '../sessions/memory-store.ts';
import { createScheduler } from './scheduler.ts';
import { SessionHandle } from './session.ts';
import { adapterToken, bind, tokens } from './tokens.ts';
import { wireMachines } from './wire-machines.ts';

export interface EngineOptions {
  /** Plugins in order; an earlier one is asked first where routes do not say otherwise. */
  readonly plugins: readonly PluginSource[];
  /** Options by adapter id; an entry's `adapter` names the definition that it is made of, where that is another. */
  readonly adapterOptions?: Readonly<Record<string, unknown>>;
  readonly routes?: Routes;
  /** Over the built-in ones: the same id replaces, others are added. */
  readonly personas?: readonly Persona[];
  /** Who speaks where nobody else is asked for; the first built-in one by default. */
  readonly defaultPersona?: string;
  readonly policies?: Partial<Policies>;
  /** What models may have done while they answer, in addition to the tools of plugins. */
  readonly tools?: readonly Tool[];
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  readonly secrets?: SecretStore;
}

export interface SessionRequest {
  readonly accepts: { readonly audio: readonly string[]; readonly video: readonly string[] };
  readonly persona?: string | undefined;
  readonly controls?: LooseControls | undefined;
  readonly pacing?: Pacing;
  /** Only providers whose routes carry all of these tags serve the session. */
  readonly tags?: readonly string[] | undefined;
  /** Whose session it is; `local` by default. */
  readonly tenant?: string | undefined;
}

export interface AdapterInfo {
  readonly id: string;
  readonly stage: Stage;
  readonly capabilities: Capabilities;
}

/** The running engine. It serves sessions until `close()`. */
export interface Engine {
  readonly services: Services;
  readonly failures: readonly PluginFailure[];
  readonly policies: Policies;
  readonly personas: readonly Persona[];
  /** Gives new sessions other personas than the ones so far; running ones keep theirs. Throws `config.invalid`. */
  setPersonas(personas: readonly Persona[]): void;
  /** Makes the first calls fast. Resolves when every adapter is warm or has failed to be. */
  warmup(signal: AbortSignal): Promise<void>;
  /** Throws `capacity.overloaded`, or `protocol.invalid_message` for an unknown persona. */
  createSession(request: SessionRequest): SessionHandle;
  session(id: string): SessionHandle | undefined;
  sessions(): readonly SessionHandle[];
  adapters(): readonly AdapterInfo[];
  health(signal: AbortSignal): Promise<Readonly<Record<string, Health>>>;
  /** How the calls of every routed provider went, and whether its circuit lets calls through. */
  routing(): readonly ProviderHealth[];
  /** What became of controls so far, by provider and field. */
  controls(): readonly ControlCount[];
  /** Watches every machine of the process from now on. */
  inspect(sink: (record: ProbeRecord) => void): () => void;
  charts(): Readonly<Record<string, Chart>>;
  /** Ends every session and closes every adapter. */
  close(): Promise<void>;
}

const noSecrets: SecretStore = {
  reveal: ({ secret }) => {
    throw new TthError('config.invalid', 'A secret is not set.', { details: { secret } });
  },
};

/** Starts plugins and wires the engine. Throws where routes name what is not there, with why it did not start if it is known, and for `tools` that are not as they should be. */
export const createEngine = async (options: EngineOptions): Promise<Engine> => {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const log = options.log ?? silentLog;
  const policies: Policies = { ...defaultPolicies, ...options.policies };
  const tally = createControlTally();
  const shelve = (own: readonly Persona[]): readonly Persona[] => {
    const all = overlayPersonas(builtInPersonas, own);
    const { defaultPersona = all[0]!.id } = options;
    const [first] = all.filter(({ id }) => id === defaultPersona);
    if (first !== undefined) return [first, ...all.filter((persona) => persona !== first)];
    throw new TthError('config.invalid', 'There is no persona of this name to be the default.', {
      details: { field: 'defaultPersona', persona: defaultPersona, known: all.map(({ id }) => id) },
    });
  };
  let personas = shelve(options.personas ?? []);

  const routed = Object.fromEntries(routedAdapters(options.routes ?? {}).map((id) => [id, undefined]));
  const plugins = await startPlugins(
    options.plugins,
    { ...routed, ...options.adapterOptions },
    {
      clock,
      random,
      log,
      secrets: options.secrets ?? noSecrets,
    },
  );

  const isBroken = (id: string): boolean =>
    plugins.failures.some(({ adapter }) => adapter === undefined || adapter === id);
  const routes = withoutBroken(options.routes ?? {}, plugins.adapters, isBroken);
  const left = routedAdapters(routes);
  const leftOut = Object.keys(routed).filter((id) => !left.includes(id));
  if (leftOut.length > 0) log.warn({ adapters: leftOut }, 'routes go on without adapters that did not start');

  const container = rootContainer.createChildContainer();
  container.register(tokens.clock, { useValue: clock });
  container.register(tokens.random, { useValue: random });
  container.register(tokens.log, { useValue: log });
  container.register(tokens.policies, { useValue: policies });
  container.register(tokens.services, { useValue: plugins.services });
  const adapterKeys = plugins.adapters.map((adapter) => {
    const key = adapterToken(adapter.capabilities().stage, adapter.id);
    container.register(key, { useValue: adapter });
    return key;
  });
  bind(container, tokens.ids, (resolve) => createIds(resolve(tokens.random)));
  bind(container, tokens.store, (resolve) => resolve(tokens.services).sessionStore ?? createMemoryStore());
  bind(container, tokens.registry, (resolve) =>
    createRegistry(
      adapterKeys.map((key) => resolve<AnyAdapter>(key)),
      routes,
      plugins.failures,
    ),
  );
  bind(container, tokens.router, (resolve) =>
    createRouter(resolve(tokens.registry), policies, clock, { random, log }),
  );

  const { inputChecks = [], tools: pluginTools = [] } = plugins.services;
  const prepare = async (): Promise<{ readonly router: Router; readonly tools: ToolShelf }> => {
    try {
      const tools = createToolShelf(options.tools ?? [], pluginTools, (error) =>
        log.warn({ error }, 'a tool of a plugin was left out'),
      );
      return { router: container.resolve(tokens.router), tools };
    } catch (error) {
      await plugins.close();
      throw error;
    }
  };
  const { router, tools } = await prepare();
  const replies = createReplyCache(policies.replyCache, clock);
  const scheduler = createScheduler(clock, policies.commandSliceMs);
  const sessions = new Map<SessionId, SessionHandle>();
  const sinks = new Map<(record: ProbeRecord) => void, Map<string, () => void>>();
  const machine = wireMachines((id) => sessions.get(id), {
    clock,
    policies,
    router,
    log,
    inputChecks,
    tools,
    replies,
  });

  const watch = (session: SessionHandle, sink: (record: ProbeRecord) => void): void => {
    sinks.get(sink)?.set(session.id, attachProbe(session.actor, { system: session.id }, clock, sink));
  };
  const forget = (session: SessionHandle): void => {
    sessions.delete(session.id);
    router.endConversation(session.id);
    const detach = (): void => {
      for (const probes of sinks.values()) {
        probes.get(session.id)?.();
        probes.delete(session.id);
      }
    };
    // The last snapshot is shown right after its actor has told everybody that it is done.
    const detachSoon = (): void => queueMicrotask(detach);
    session.actor.subscribe({ complete: detachSoon, error: detachSoon });
  };

  return {
    services: plugins.services,
    failures: plugins.failures,
    policies,
    get personas() {
      return personas;
    },
    setPersonas: (own) => {
      personas = shelve(own);
    },

    warmup: async (signal) => {
      await Promise.all(
        plugins.adapters.map(async (adapter) => {
          try {
            await adapter.warmup?.(signal);
          } catch (error) {
            log.warn({ adapter: adapter.id, error }, 'an adapter did not warm up');
          }
        }),
      );
    },

    createSession: (request) => {
      if (sessions.size >= policies.maxSessions) {
        throw new TthError(
          'capacity.overloaded',
          'This server has no room for another session; try again later.',
          {
            details: { maxSessions: policies.maxSessions },
            retryAfterMs: 5_000,
          },
        );
      }
      const persona =
        request.persona === undefined ? personas[0] : personas.find(({ id }) => id === request.persona);
      if (persona === undefined) {
        throw new TthError(
          'protocol.invalid_message',
          'There is no persona of this name; choose one that is known.',
          {
            details: { persona: request.persona, known: personas.map(({ id }) => id) },
          },
        );
      }
      const session = new SessionHandle(
        {
          persona,
          personas,
          accepts: request.accepts,
          controls: request.controls ?? {},
          pacing: request.pacing ?? 'realtime',
          tags: request.tags ?? [],
          tenant: request.tenant,
        },
        {
          clock,
          policies,
          router,
          tally,
          log,
          machine,
          scheduler,
          awaitsChecks: inputChecks.length > 0,
          ids: container.resolve(tokens.ids),
          store: container.resolve(tokens.store),
          onClosed: forget,
        },
      );
      sessions.set(session.id, session);
      for (const sink of sinks.keys()) watch(session, sink);
      session.open();
      return session;
    },

    session: (id) => sessions.get(id as SessionId),
    sessions: () => [...sessions.values()],
    adapters: () =>
      plugins.adapters.map((adapter) => {
        const capabilities = adapter.capabilities();
        return { id: adapter.id, stage: capabilities.stage, capabilities };
      }),

    health: async (signal) => {
      const entries = await Promise.all(
        plugins.adapters.map(async (adapter): Promise<[string, Health]> => {
          try {
            return [adapter.id, await adapter.health(signal)];
          } catch {
            return [adapter.id, { status: 'down', detail: 'The health check failed.' }];
          }
        }),
      );
      return Object.fromEntries(entries);
    },

    routing: () => router.health(),
    controls: () => tally.counts(),

    inspect: (sink) => {
      const probes = new Map<string, () => void>();
      sinks.set(sink, probes);
      for (const circuit of router.circuits) {
        const prefix = `process/${circuit.key}`;
        probes.set(prefix, attachProbe(circuit.actor, { system: 'process', prefix }, clock, sink));
      }
      for (const session of sessions.values()) watch(session, sink);
      return () => {
        sinks.delete(sink);
        for (const detach of probes.values()) detach();
      };
    },

    charts: () => {
      const machines: readonly AnyStateMachine[] = [sessionMachine, turnMachine, circuitMachine];
      return Object.fromEntries(machines.map((each) => [each.id, drawChart(each)]));
    },

    close: async () => {
      await Promise.all([...sessions.values()].map((session) => session.close('the server stops')));
      await router.close();
      await plugins.close();
      await container.dispose();
    },
  };
};
