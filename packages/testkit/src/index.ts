export { createVirtualClock, type VirtualClock } from './virtual-time.ts';
export { failureOf, type Failure } from './failure.ts';
export { hear, hearOnce, neutralSpeech, type Heard, type HearOptions } from './hear.ts';
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
  type ScriptedReply,
  type ScriptedTtsOptions,
} from './fake-providers.ts';
export type { CallLog, Script, ScriptSource, ScriptedCall } from './script.ts';
export {
  keptSoundMs,
  recordSession,
  startVirtualEngine,
  withoutPauses,
  type Received,
  type RecordOptions,
  type RecordedSession,
  type SentMedia,
  type VirtualEngine,
} from './recorded-session.ts';
export { conformanceChecks, type CheckInfo } from './conformance/checks.ts';
export { costGrowth } from './processor-cost.ts';
export { medianPitchHz } from './pitch.ts';
export { spreadWords, toneAt } from './tone.ts';
export { wavChunk, wavFile, wavFormat, type WavFormat } from './wav-file.ts';
export {
  startHttpVendor,
  type AskedOfVendor,
  type HttpVendor,
  type HttpVendorRequest,
  type HttpVendorScript,
  type HttpVendorWire,
  type VendorAnswer,
} from './http-vendor.ts';
export { startLoopbackServer, type LoopbackOptions, type LoopbackServer } from './loopback-server.ts';
export { ignoreUpgrade, refuseRequest, refuseUpgrade, type Refusal } from './refusal.ts';
export { speechServerWire } from './speech-server-wire.ts';
export { speechSteps, type SpeechOptions, type Step } from './vendor-wire.ts';
export { startAdapter, type StartAdapterOptions, type StartedAdapter } from './start-adapter.ts';
export { until } from './until.ts';
export { createRecordingLog, type LogLine, type RecordingLog } from './recording-log.ts';
export { makeCertificate, type CertificateOptions, type SelfMadeCertificate } from './certificate.ts';
export { vendorLlm, vendorTts } from './vendor-adapters.ts';
export {
  corrupt,
  dieAfter,
  drip,
  duplicate,
  endAfter,
  enlarge,
  gapBefore,
  goOnWith,
  hangAfter,
  neverEnd,
  pace,
  recut,
  swap,
  type Fault,
} from './vendor-faults.ts';
export { faultScript, refusalOf, signInPage, vendorHandle } from './scripted-faults.ts';
export { vendorFaults, type VendorFault, type VendorHandle } from './vendor-handle.ts';
export {
  startVendor,
  type VendorOptions,
  type VendorScript,
  type VendorSimulator,
} from './vendor-simulator.ts';
