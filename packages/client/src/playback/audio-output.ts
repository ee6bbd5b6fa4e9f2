/** The rate of all speech in TTH, mono. */
export const sampleRateHz = 24_000;

/**
 * A run of speech for the output.
 *
 * - `turn`, `ptsUs`: the turn it belongs to and where it lies on that turn's audio clock.
 * - `sentenceEnd`: the last of its sentence. An empty chunk says so of the one before it.
 * - `samples`: mono at `sampleRateHz`. The output owns them from here on.
 */
export interface PlayoutChunk {
  readonly type: 'chunk';
  readonly turn: number;
  readonly ptsUs: number;
  readonly sentenceEnd: boolean;
  readonly samples: Int16Array;
}

/**
 * What an output is told.
 *
 * - `threshold`: how much must be buffered before sound starts, or starts again after it ran dry.
 * - `cut`: silence at once. Reports carry the newest `generation` they know, so that older ones can be told apart.
 * - `discard`: forget what is queued of a turn from `afterUs` on.
 */
export type PlayoutCommand =
  | PlayoutChunk
  | { readonly type: 'threshold'; readonly samples: number }
  | { readonly type: 'cut'; readonly generation: number }
  | { readonly type: 'discard'; readonly turn: number; readonly afterUs: number };

/**
 * Something that happened to the sound at `timeS` on the output's clock: a `run` of gapless speech began at this
 * place of a turn, or came to a `pause` after it.
 */
export interface PlayoutEvent {
  readonly type: 'run' | 'pause';
  readonly turn: number;
  readonly ptsUs: number;
  readonly timeS: number;
}

/** Totals since the output began, and its level since the last report. About every 40 ms while there is work. */
export interface PlayoutReport {
  readonly timeS: number;
  readonly generation: number;
  readonly events: readonly PlayoutEvent[];
  readonly playedSamples: number;
  readonly flushedSamples: number;
  readonly bufferedSamples: number;
  readonly underruns: number;
  /** 0 to 1. */
  readonly rms: number;
  readonly peak: number;
}

/** The queue behind every output; `playout.worklet.js` is its one implementation. */
export interface PlayoutQueue {
  /** True while there is something to play or to report. */
  readonly isWorking: boolean;
  accept(command: PlayoutCommand): void;
  /** Adds a block of sound to zeroed `out`; its first sample is due at `timeS` on the output's clock. */
  render(out: Float32Array, timeS: number): void;
  /** What happened since the last report, or nothing while there is nothing new to say. */
  takeReport(timeS: number): PlayoutReport | undefined;
}

/** Why there is no sound. `autoplay` and `interrupted` end with `enableAudio()` in a click; the others last. */
export type AudioBlockedReason = 'autoplay' | 'interrupted' | 'insecure_context' | 'unsupported';

export interface AudioBlocked {
  readonly reason: AudioBlockedReason;
  readonly message: string;
}

/** True where a click brings the sound. */
export const needsClick = ({ reason }: AudioBlocked): boolean =>
  reason === 'autoplay' || reason === 'interrupted';

export interface AudioOutputListener {
  onReport(report: PlayoutReport): void;
  onBlocked(blocked: AudioBlocked): void;
  /** The loudspeaker began to run, or stopped by itself. */
  onAudible(audible: boolean): void;
}

/** Port to a loudspeaker. Commands take effect in order. */
export interface AudioOutput {
  /** Names the one listener; call once, before anything else. */
  listen(listener: AudioOutputListener): void;
  /** Asks for sound; browsers grant it after a click. Resolves when sound runs or is known to be blocked; never rejects. */
  enable(): Promise<void>;
  post(command: PlayoutCommand): void;
  /** `volume`: 0 to 1. */
  setVolume(volume: number): void;
  /** Time, on the clock of the reports, of the sample that reaches the ear now. */
  heardTimeS(): number;
  close(): Promise<void>;
}
