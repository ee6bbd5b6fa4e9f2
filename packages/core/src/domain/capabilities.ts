import type { ControlMap } from './control-map.ts';
import type { EmotionLabel, Framing, Gesture } from './controls.ts';
import type { PictureCodec, TimingSource } from './media.ts';

export type Stage = 'llm' | 'tts' | 'avatar';
export const stages: readonly Stage[] = ['llm', 'tts', 'avatar'];

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A control that is a number. */
export interface NumberCapability extends Range {
  /** The only values that there are; the nearest stands for what lies between. Absent: any within the range. */
  readonly steps?: readonly number[];
}

/** The controls of a voice that may keep each other out. */
export type SpeechControlName = 'emotion' | 'style' | 'rate' | 'pitch' | 'volume';

/** A feeling that stands for another, and how much of the asked intensity it gets: 1 by default. */
export interface StandIn {
  readonly label: EmotionLabel;
  readonly share?: number;
}

/** Feelings that a provider has. */
export interface EmotionCapabilities {
  readonly emotions: readonly EmotionLabel[];
  /** Who stands for a feeling that is not among them; where this does not say, the nearest one does. */
  readonly standIns?: { readonly [Label in EmotionLabel]?: StandIn };
  /** `false`: a feeling is there or not, whatever its intensity. */
  readonly intensity?: boolean;
}

/** What a provider of any stage may say of itself. */
export interface SharedCapabilities {
  /** Calls that it takes at one time; absent: the engine's bound. */
  readonly maxCallsInFlight?: number;
}

export interface LlmCapabilities extends SharedCapabilities {
  readonly stage: 'llm';
  /** Answers in a JSON schema when asked to. */
  readonly structured: boolean;
  readonly tools: boolean;
  /** Continues an assistant message that it is handed unfinished. */
  readonly continuePrefix: boolean;
}

export interface TtsCapabilities extends SharedCapabilities {
  readonly stage: 'tts';
  /** One sentence per call, or text as it comes. */
  readonly input: 'sentence' | 'stream';
  readonly timings: { readonly words: TimingSource | 'none'; readonly phonemes: TimingSource | 'none' };
  /**
   * Who writes out numbers, dates and short forms: the `provider`, which gets texts as they are written, or the
   * `engine`, for a voice that reads words only. Absent: the provider. Markdown and emoji never reach a voice.
   */
  readonly textNormalization?: 'provider' | 'engine';
  /** Stops reading its source while nobody asks for the next item. */
  readonly pausable: boolean;
  /** BCP 47 primary tags; empty means any. */
  readonly languages: readonly string[];
  readonly voices: readonly string[];
  /** Absent: the provider has no such control. */
  readonly controls: EmotionCapabilities & {
    readonly rate?: NumberCapability;
    readonly pitch?: NumberCapability;
    readonly volume?: NumberCapability;
    /** Takes free words about the manner of speaking. */
    readonly style?: boolean;
    /** Of these a call takes one: the first that is asked for keeps those behind it out. Absent: all together. */
    readonly oneAtATime?: readonly SpeechControlName[];
  };
  /**
   * What the engine makes up for where the provider has no control: a feeling by rate, pitch and volume, a
   * volume by gain on the samples. Absent: both.
   */
  readonly emulate?: readonly ('emotion' | 'volume')[];
  /** How its request spells the controls. */
  readonly map?: ControlMap;
}

export interface AvatarCapabilities extends SharedCapabilities {
  readonly stage: 'avatar';
  /** `audio`: is given our speech (split mode). `text`: speaks by itself (managed mode). */
  readonly input: 'audio' | 'text';
  /** In order of preference; the first that the client accepts too is used. */
  readonly delivery: readonly PictureCodec[];
  readonly pace: {
    readonly fasterThanRealTime: boolean;
    /** Speech needed before the first picture comes out. */
    readonly prebufferMs: number;
    readonly joinTimeoutMs: number;
    readonly reportsPlayback: boolean;
  };
  readonly identities: readonly string[];
  readonly controls: EmotionCapabilities & {
    readonly framings: readonly Framing[];
    readonly gaze: boolean;
    readonly headMotion: boolean;
    readonly background: boolean;
    /** Absent: none. */
    readonly gestures?: readonly Gesture[];
    readonly fps: Range;
    readonly sizePx: Range;
  };
  /** How its request spells the controls. */
  readonly map?: ControlMap;
}

export type Capabilities = LlmCapabilities | TtsCapabilities | AvatarCapabilities;
