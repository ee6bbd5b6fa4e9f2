export {
  emotionLabels,
  framings,
  gazes,
  gestures,
  headMotions,
  isEmotionLabel,
  neutralControls,
  type CharacterControl,
  type EmotionControl,
  type EmotionLabel,
  type Framing,
  type Gaze,
  type HeadMotion,
  type Gesture,
  type RenderControl,
} from '../domain/controls.ts';
export {
  writeControls,
  writeNumber,
  type ChoiceRule,
  type ControlMap,
  type ControlRule,
  type MappedControl,
  type NumberRule,
  type RequestFields,
  type TextRule,
} from '../domain/control-map.ts';
export type {
  AvatarCapabilities,
  Capabilities,
  EmotionCapabilities,
  LlmCapabilities,
  NumberCapability,
  Range,
  SpeechControlName,
  Stage,
  StandIn,
  TtsCapabilities,
} from '../domain/capabilities.ts';
export { TthError, errorTable, isTthError, toTthError, type ErrorCode } from '../domain/errors.ts';
export {
  createIds,
  seededRandom,
  systemRandom,
  type Ids,
  type Random,
  type SessionId,
  type TurnId,
} from '../domain/ids.ts';
export { estimatePromptTokens, estimateTokens } from '../domain/estimate-tokens.ts';
export {
  pcmBytes,
  sampleRateHz,
  samplesToUs,
  usToSamples,
  type Pcm,
  type PhonemeTiming,
  type PictureCodec,
  type PictureFormat,
  type PictureFrame,
  type TimingSource,
  type WordTiming,
} from '../domain/media.ts';
export { pause, systemClock, type Clock } from '../domain/time.ts';
export type {
  AdapterImplementation,
  AdapterSession,
  AnyAdapter,
  AvatarAdapter,
  AvatarControl,
  AvatarImplementation,
  AvatarInput,
  AvatarOutput,
  AvatarSpeech,
  AvatarText,
  ChatMessage,
  Health,
  InferContext,
  LlmAdapter,
  LlmControl,
  LlmImplementation,
  LlmInput,
  LlmOutput,
  ModelAdapter,
  ResponseFormat,
  SessionContext,
  SpeechContour,
  SpeechControl,
  SpeechInput,
  SpeechOutput,
  ToolCall,
  ToolOffer,
  TtsAdapter,
  TtsImplementation,
  UsageRecord,
} from './adapter.ts';
export {
  apiVersion,
  defineAvatar,
  defineLlm,
  definePlugin,
  defineService,
  defineTts,
  type AdapterDefinition,
  type AdapterDeps,
  type AvatarDefinition,
  type LlmDefinition,
  type PluginDefinition,
  type ServiceDefinition,
  type TtsDefinition,
} from './define.ts';
export type { InputCheck, InputCheckContext, InputVerdict } from './input-check.ts';
export { defineTool, type Tool, type ToolContext } from './tools.ts';
export { unlessAborted } from '../domain/cancellation.ts';
export { primaryTag } from '../domain/language.ts';
export { forgiveOne } from './forgive-one.ts';
export {
  createHttp,
  type Http,
  type HttpOptions,
  type HttpPost,
  type HttpRequest,
  type HttpResponse,
} from './http.ts';
export { readRetryAfter } from './http-errors.ts';
export type { SseEvent } from './event-stream.ts';
export { createInbox, type Inbox } from './inbox.ts';
export type { Explain, Refusal } from './refusal.ts';
export {
  createSockets,
  type Socket,
  type SocketOptions,
  type SocketRequest,
  type Sockets,
} from './socket.ts';
export { wholeFrames, type RawAudio } from './whole-frames.ts';
export { someSound, soundFrames } from './sound-body.ts';
export { speechEvents } from './speech-events.ts';
export {
  createServedVoice,
  servedCapabilities,
  servedVoiceOptions,
  type ServedVoiceOptions,
} from './served-voice.ts';
export { createPromptClips, readPromptClip, type PromptClip, type PromptClips } from './prompt-clip.ts';
export { fromBase64, toBase64 } from './base64.ts';
export { readWavHeader, wavFrames, type WavHeader } from './wav.ts';
export { loudness } from './pcm.ts';
export { createResampler, type Resampler } from './resampler.ts';
export { escapeMarkup, ssml, toUrlPart, type Ssml, type SsmlProsody } from './ssml.ts';
export {
  secretRef,
  silentLog,
  type AudioEncoderHandle,
  type AudioEncoderOptions,
  type CodecModule,
  type EncodedAudio,
  type EncodedVideo,
  type Log,
  type MediaCodecs,
  type SecretRef,
  type SecretStore,
  type Services,
  type SessionStore,
  type VideoEncoderHandle,
  type VideoEncoderOptions,
} from './services.ts';
