/** Sound inside the engine: signed 16-bit little-endian, mono, at this rate. */
export const sampleRateHz = 24_000;

/** The most that one item of a provider's stream may hold. 22 s of sound; a picture is far below it. */
export const largestItemBytes = 1_048_576;

/** Samples of sound. Whole samples, host byte order (little-endian on every platform we run on). */
export type Pcm = Int16Array;

/** How times came about: `measured` by the synthesizer, `estimated` by us from text and length. */
export type TimingSource = 'measured' | 'estimated';

/** One spoken word. `startUs` counts from the start of whatever holds it. */
export interface WordTiming {
  readonly text: string;
  readonly startUs: number;
  readonly durationUs: number;
}

/** One phoneme in IPA. `startUs` counts from the start of whatever holds it. */
export interface PhonemeTiming {
  readonly ipa: string;
  readonly startUs: number;
  readonly durationUs: number;
}

/** What the picture of a turn travels as. The last two never pass through the server. */
export type PictureCodec = 'h264' | 'vp8' | 'jpeg' | 'pose' | 'livekit' | 'webrtc';
export type AudioCodec = 'pcm_s16le' | 'opus';

/**
 * A run of speech on the turn's audio clock, the unit handed from speech to avatar and to the client.
 *
 * - `ptsUs`: first sample; 0 at the start of the turn, contiguous, in order.
 * - `words`, `phonemes`: on the turn's clock; those that begin in or before this chunk.
 * - `pcm`: the receiver may keep it but never writes to it.
 *
 * Typically 20 to 100 ms. Longer chunks delay an interrupt by their own length.
 */
export interface AudioChunk {
  readonly sentence: number;
  readonly sentenceEnd: boolean;
  /** Planned silence before the sentence: the engine's own, not the voice's. */
  readonly isPause?: boolean | undefined;
  readonly ptsUs: number;
  readonly durationUs: number;
  readonly pcm: Pcm;
  readonly words: readonly WordTiming[];
  readonly phonemes: readonly PhonemeTiming[];
  readonly timing: TimingSource;
}

/**
 * One encoded picture, or a run of poses.
 *
 * - `data` for `pose`: one or more poses of equal length, evenly spaced over `durationUs`.
 * - `key`: decodable without earlier frames; always true for `jpeg` and `pose`.
 */
export interface PictureFrame {
  readonly codec: PictureCodec;
  readonly key: boolean;
  readonly ptsUs: number;
  readonly durationUs: number;
  readonly data: Uint8Array;
}

/** What the picture of a turn looks like, told to the client before its first frame. */
export interface PictureFormat {
  readonly codec: PictureCodec;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  /** For `pose`: the name of each byte of a pose, in order. */
  readonly channels?: readonly string[];
  /** For `pose`: who is drawn. */
  readonly character?: string;
  /** For `pose`: whoever draws it adds a badge that says the person is synthetic. Other pictures have it in them. */
  readonly badge?: boolean;
}

/** Anything of a turn that leaves for a client as bytes. */
export interface MediaItem {
  readonly kind: 'audio' | 'video' | 'pose';
  readonly codec: AudioCodec | PictureCodec;
  readonly turn: number;
  readonly epoch: number;
  readonly sentence: number;
  readonly ptsUs: number;
  readonly durationUs: number;
  readonly key: boolean;
  readonly sentenceEnd: boolean;
  /** Planned silence before a sentence. */
  readonly isPause?: boolean | undefined;
  readonly data: Uint8Array;
}

export const samplesToUs = (samples: number): number => Math.round((samples * 1_000_000) / sampleRateHz);
export const usToSamples = (us: number): number => Math.round((us * sampleRateHz) / 1_000_000);

/** Below this nobody hears anything: 40 dB under full scale. */
const audibleAmplitude = 328;

/** Whether any sample of some sound can be heard. */
export const isAudible = (pcm: Pcm): boolean =>
  pcm.some((sample) => sample > audibleAmplitude || sample < -audibleAmplitude);

/** The same memory seen as bytes. */
export const pcmBytes = (pcm: Pcm): Uint8Array => new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
/** The same memory seen as samples; made by `pcmBytes`, so whole and aligned. */
export const bytesPcm = (bytes: Uint8Array): Pcm =>
  new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Int16Array.BYTES_PER_ELEMENT);
