export {
  createEngine,
  type AdapterInfo,
  type Engine,
  type EngineOptions,
  type SessionRequest,
} from './runtime/create-engine.ts';
export { toFailure } from './runtime/failure.ts';
export { type SessionHandle, type SessionOutlet } from './runtime/session.ts';
export { type SessionCommand } from './runtime/session-command.ts';
export { type ProviderHealth } from './routing/health.ts';
export { adapterToken, tokens } from './runtime/tokens.ts';
export { defineTool, type Tool, type ToolContext } from './plugin/tools.ts';
export {
  readPluginDefinition,
  startPlugins,
  type PluginFailure,
  type PluginHost,
  type PluginSource,
} from './plugin/host.ts';
export {
  builtInPersonas,
  checkPersona,
  parsePersona,
  personaSchema,
  type Persona,
  type PersonaInput,
} from './control/personas.ts';
export { emotionAxes, emotionDistance, nearestEmotion, neighbourDistance } from './control/emotions.ts';
export { emulatedManners, type Manner } from './control/emulate.ts';
export { normalizeControls, type NormalControls } from './control/normalize.ts';
export { notations, type Notation } from './control/quantities.ts';
export { isDegraded } from './control/report.ts';
export { type ControlCount } from './control/tally.ts';
export { mergeControls, mergePatches } from './control/merge.ts';
export {
  controlRanges,
  emotionLabels,
  neutralControls,
  offeredEmotions,
  type ControlPatch,
  type Controls,
  type LooseControls,
} from './domain/controls.ts';
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
