export { createVirtualClock, type VirtualClock } from './virtual-time.ts';
export { createInferContext, type TestContext } from './inference-context.ts';
export {
  scriptedAvatar,
  scriptedLlm,
  scriptedManagedAvatar,
  scriptedPlugin,
  scriptedTts,
  type Scripted,
  type ScriptedAvatarOptions,
  type ScriptedLlmOptions,
  type ScriptedManagedAvatarOptions,
  type ScriptedTtsOptions,
} from './fake-providers.ts';
export type { CallLog, Script, ScriptSource, ScriptedCall } from './script.ts';
export {
  recordSession,
  startVirtualEngine,
  type Received,
  type RecordOptions,
  type RecordedSession,
  type SentMedia,
  type VirtualEngine,
} from './recorded-session.ts';
export { medianPitchHz } from './pitch.ts';
export { spreadWords, toneAt } from './tone.ts';
export { startAdapter, type StartAdapterOptions, type StartedAdapter } from './start-adapter.ts';
