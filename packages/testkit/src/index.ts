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
