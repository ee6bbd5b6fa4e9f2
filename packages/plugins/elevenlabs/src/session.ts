import type { VoiceSettings } from './controls.ts';
import type { Frame } from './wire.ts';

/** One sentence to be spoken. */
export interface SpeechRequest {
  /** What is sent, tags included. */
  readonly text: string;
  readonly voice: string;
  /** As ElevenLabs spells it; `undefined` for models that do not want to be told. */
  readonly language: string | undefined;
  readonly settings: VoiceSettings;
  /** Fields of a request, or of its first message, that are the same for every sentence. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Neighbours, for intonation. */
  readonly previousText: string;
  readonly nextText: string;
}

/** A way to ElevenLabs, for one conversation. */
export interface SpeechSession {
  /** Ends at the abort of the signal. `onOver` is called once, when ElevenLabs has no more to do with the sentence. */
  frames(request: SpeechRequest, signal: AbortSignal, onOver: () => void): AsyncIterable<Frame>;
}
