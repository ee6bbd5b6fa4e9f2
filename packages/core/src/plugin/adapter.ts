import type {
  AvatarCapabilities,
  Capabilities,
  LlmCapabilities,
  TtsCapabilities,
} from '../domain/capabilities.ts';
import type { CharacterControl, EmotionControl, RenderControl } from '../domain/controls.ts';
import type { SessionId, TurnId } from '../domain/ids.ts';
import type {
  AudioChunk,
  Pcm,
  PhonemeTiming,
  PictureCodec,
  PictureFormat,
  PictureFrame,
  TimingSource,
  WordTiming,
} from '../domain/media.ts';
import type { Clock } from '../domain/time.ts';
import type { Log } from './services.ts';

/** One entry of a provider's bill. */
export interface UsageRecord {
  readonly unit: 'input_tokens' | 'output_tokens' | 'characters' | 'audio_ms' | 'video_ms';
  readonly amount: number;
}

/** What every call is told about itself. */
export interface InferContext {
  /** Aborts when the turn is stopped. The stream ends within one item of it. */
  readonly signal: AbortSignal;
  /** Wall time in milliseconds after which nobody waits any more. */
  readonly deadline: number;
  readonly sessionId: SessionId;
  readonly turnId: TurnId;
  readonly epoch: number;
  /** 0 for the first provider asked, +1 for each failover of the stage. */
  readonly attempt: number;
  /** BCP 47. */
  readonly locale: string;
  readonly clock: Clock;
  readonly log: Log;
  usage(record: UsageRecord): void;
}

/** What a session of an adapter is told about its conversation. */
export interface SessionContext {
  readonly sessionId: SessionId;
  /** Aborts when the session is closed, also while it is being opened. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Health {
  readonly status: 'ok' | 'degraded' | 'down';
  /** One sentence for an operator. */
  readonly detail?: string;
  readonly latencyMs?: number;
  /** Names of the models that the provider offers, where it lists them: what the adapter's options may say. */
  readonly models?: readonly string[];
}

/** The methods of a call, shared by an adapter and by a session that it opened. */
export interface AdapterSession<Input, Control, Output> {
  /** Ends within one item of an abort. Throws only codes of the plugin's error table. */
  inferStream(input: Input, control: Control, context: InferContext): AsyncIterable<Output>;
  close?(): Promise<void>;
}

/** What `create` of a definition returns. The host adds `capabilities()` and, where missing, `inferBatch`. */
export interface AdapterImplementation<Input, Control, Output> extends AdapterSession<
  Input,
  Control,
  Output
> {
  inferBatch?(input: Input, control: Control, context: InferContext): Promise<Output[]>;
  /** Makes the first real call fast. Called once, before the adapter is offered. */
  warmup?(signal: AbortSignal): Promise<void>;
  /** Cheap; never sends a user's words. */
  health(signal: AbortSignal): Promise<Health>;
  /**
   * State that lives as long as a conversation: a vendor socket, an avatar session. Called with the conversation's
   * first call, whose time it takes; the later calls come to what it gives. After a failure it is closed and
   * opened anew.
   */
  openSession?(context: SessionContext): Promise<AdapterSession<Input, Control, Output>>;
}

/** What the engine calls. */
export interface ModelAdapter<
  Input,
  Control,
  Output,
  Can extends Capabilities = Capabilities,
> extends AdapterImplementation<Input, Control, Output> {
  readonly id: string;
  capabilities(): Can;
  inferBatch(input: Input, control: Control, context: InferContext): Promise<Output[]>;
  close(): Promise<void>;
}

// LLM

/** A tool that a model wants to have called. `arguments` is JSON as the model wrote it. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  /** Of an assistant: the calls that it asked for. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool: the call that this is the result of. */
  readonly toolCallId?: string;
}

/** A tool as a model is told of it. */
export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  /** JSON schema of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The JSON that an answer has to be. */
export interface ResponseFormat {
  readonly type: 'json_schema';
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface LlmInput {
  readonly messages: readonly ChatMessage[];
  /** Tools that may be called; only for models that say they can. */
  readonly tools?: readonly ToolOffer[];
  /** Only for models that say they can. */
  readonly responseFormat?: ResponseFormat;
}

export interface LlmControl {
  /** BCP 47 of the answer. */
  readonly language: string;
  readonly maxOutputTokens?: number;
}

/** Reasoning text is never a `text_delta`: it would be spoken. A `tool_call` comes whole, before `finish`. */
export type LlmOutput =
  | { readonly type: 'text_delta'; readonly text: string }
  | ({ readonly type: 'tool_call' } & ToolCall)
  | { readonly type: 'usage'; readonly inputTokens: number; readonly outputTokens: number }
  | { readonly type: 'finish'; readonly reason: 'stop' | 'length' | 'tool_calls' | 'refusal' };

export type LlmImplementation = AdapterImplementation<LlmInput, LlmControl, LlmOutput>;
export type LlmAdapter = ModelAdapter<LlmInput, LlmControl, LlmOutput, LlmCapabilities>;

// TTS

/** The melody that the end of a sentence asks for. */
export type SpeechContour = 'statement' | 'question' | 'exclamation' | 'unfinished';

/** One sentence; its neighbours are context for intonation and are not spoken. */
export interface SpeechInput {
  /** What to speak. Word timings name the words of this text. */
  readonly text: string;
  /** For voices that do not hear it in the punctuation. */
  readonly contour?: SpeechContour;
  /** Words that the text stresses, in order. */
  readonly emphasis?: readonly string[];
  readonly previousText: string;
  readonly nextText: string;
}

export interface SpeechControl extends Omit<CharacterControl, 'personaId'> {
  readonly emotion: EmotionControl;
}

/** A run of the sentence's sound. All times count from the sentence's first sample; `pcm` is at 24 kHz. */
export interface SpeechOutput {
  readonly pcm: Pcm;
  readonly words: readonly WordTiming[];
  readonly phonemes: readonly PhonemeTiming[];
  readonly timing: TimingSource;
  /** How long the provider says that this run lasts, where it says so. Shows sound of a wrong sample rate. */
  readonly declaredUs?: number;
}

export type TtsImplementation = AdapterImplementation<SpeechInput, SpeechControl, SpeechOutput>;
export type TtsAdapter = ModelAdapter<SpeechInput, SpeechControl, SpeechOutput, TtsCapabilities>;

// Avatar

/** Speech for a face: a run of speech and the feeling it is spoken with. */
export interface AvatarSpeech extends Omit<AudioChunk, 'timing'> {
  readonly emotion: EmotionControl;
}

/** Text for a managed avatar, which speaks by itself. */
export interface AvatarText {
  readonly sentence: number;
  readonly text: string;
  readonly emotion: EmotionControl;
}

/** A whole turn's speech or text, as it comes. It is pulled: a slow avatar slows its source. */
export type AvatarInput =
  | { readonly kind: 'audio'; readonly speech: AsyncIterable<AvatarSpeech> }
  | { readonly kind: 'text'; readonly sentences: AsyncIterable<AvatarText> };

export interface AvatarControl extends RenderControl {
  /** What the client takes; one of the adapter's `delivery`. */
  readonly codec: PictureCodec;
  readonly character: Omit<CharacterControl, 'personaId'>;
  /** Share of the bits that pictures of this size would get, 0 to 1, for a link that carries no more; absent: all of them. */
  readonly bitrateShare?: number;
  /** True once for each time that somebody cannot decode any more; the next frame is then a key frame. */
  takeKeyFrameRequest(): boolean;
}

/**
 * Pictures on the turn's clock, in order; `format` comes before the first of them.
 * A managed avatar yields its sound too, contiguous from 0, with the sentence it belongs to, and marks the end of
 * each: one that ends with sentences unmarked has failed.
 */
export type AvatarOutput =
  | { readonly type: 'format'; readonly format: PictureFormat }
  | { readonly type: 'picture'; readonly frame: PictureFrame }
  | {
      readonly type: 'audio';
      readonly sentence: number;
      readonly sentenceEnd: boolean;
      readonly pcm: Pcm;
      readonly words: readonly WordTiming[];
    };

export type AvatarImplementation = AdapterImplementation<AvatarInput, AvatarControl, AvatarOutput>;
export type AvatarAdapter = ModelAdapter<AvatarInput, AvatarControl, AvatarOutput, AvatarCapabilities>;

export type AnyAdapter = LlmAdapter | TtsAdapter | AvatarAdapter;
