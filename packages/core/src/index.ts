export {
  createEngine,
  type AdapterInfo,
  type Engine,
  type EngineOptions,
  type SessionRequest,
} from './runtime/create-engine.ts';
export { toFailure, type SessionHandle, type SessionOutlet } from './runtime/session.ts';
export { type SessionCommand } from './runtime/session-command.ts';
export { type ProviderHealth } from './routing/health.ts';
export { adapterToken, tokens } from './runtime/tokens.ts';
export { defineTool, type Tool, type ToolContext } from './plugin/tools.ts';
export { startPlugins, type PluginFailure, type PluginHost, type PluginSource } from './plugin/host.ts';
export { builtInPersonas, type Persona } from './control/personas.ts';
export { mergeControls, mergePatches } from './control/merge.ts';
export { neutralControls, type ControlPatch, type Controls } from './domain/controls.ts';
export { TthError, errorTable, isTthError, toTthError, type ErrorCode } from './domain/errors.ts';
export {
  isTerminal,
  type ControlOutcome,
  type Failure,
  type LoggedEvent,
  type SessionEvent,
} from './domain/events.ts';
export { createIds, seededRandom, systemRandom, type Ids, type Random } from './domain/ids.ts';
export { sampleRateHz, type MediaItem, type PictureFormat } from './domain/media.ts';
export { defaultPolicies, policyChoices, type Policies, type ProsodyPolicy } from './domain/policies.ts';
export { pause, systemClock, type Clock } from './domain/time.ts';
export { circuitMachine } from './machines/circuit.machine.ts';
export { sessionMachine } from './machines/session.machine.ts';
export { turnMachine } from './machines/turn.machine.ts';
export { type Chart } from './inspect/chart.ts';
export { type ActorView, type ProbeRecord } from './inspect/probe.ts';
export { normalizedLanguages } from './pipeline/speech-text/english.ts';
export {
  silentLog,
  type Log,
  type MediaCodecs,
  type SecretRef,
  type SecretStore,
  type Services,
} from './plugin/services.ts';
