import type { SessionId } from '../domain/ids.ts';
import type { Pcm } from '../domain/media.ts';
import * as z from 'zod';
import type { InputCheck } from './input-check.ts';
import type { Tool } from './tools.ts';

/** Structured logging. The message is a fixed sentence; values go in `fields`. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A secret by name: what it stands for is in no configuration, snapshot or log. */
export interface SecretRef {
  readonly secret: string;
}

/**
 * The option that names a secret: `{ secret: 'ACME_KEY' }`, or the name alone. `name` is the one that is meant where
 * nothing is said; without it the option has to be given.
 */
export const secretRef = (name?: string): z.ZodType<SecretRef> => {
  const text = z.string().regex(/^\w+$/);
  const ref = z.union([z.strictObject({ secret: text }), text.transform((secret) => ({ secret }))], {
    error: ({ input }) =>
      input === undefined
        ? 'Invalid input: expected the name of a secret, received undefined'
        : 'expected the name of a secret, such as ACME_KEY, and not the secret',
  });
  return name === undefined ? ref : ref.default({ secret: name });
};

export interface SecretStore {
  /** Throws `config.invalid` naming the secret when it is not set. */
  reveal(ref: SecretRef): string;
}

/** What a session needs to be continued. Plain data, no secrets. */
export interface SessionRecord {
  readonly sessionId: SessionId;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly state: string;
  readonly turns: readonly ConversationTurn[];
}

/** What was said. `heard` is what is known to have been played, not what was generated. */
export interface ConversationTurn {
  readonly turnId: string;
  readonly user: string | undefined;
  readonly reply: string;
  readonly heard: string;
  readonly heardSource: 'complete' | 'client' | 'pacing';
  readonly outcome: 'completed' | 'stopped' | 'failed';
}

/** Keeps conversations. The memory store is built in; a shared one is a plugin. */
export interface SessionStore {
  save(record: SessionRecord): Promise<void>;
  load(sessionId: SessionId): Promise<SessionRecord | undefined>;
  delete(sessionId: SessionId): Promise<void>;
}

// Encoders live behind a port so that no permissively licensed package depends on their binary.

/** RGBA in, encoded video out. `encode` takes ownership of `rgba`. */
export interface VideoEncoderHandle {
  /** Resolves with the frames that are ready, which may lag behind the input. */
  encode(rgba: Uint8Array, ptsUs: number, keyFrame: boolean): Promise<readonly EncodedVideo[]>;
  /** The frames still inside. The handle can be used again afterwards and begins with a key frame. */
  flush(): Promise<readonly EncodedVideo[]>;
  close(): void;
}

export interface EncodedVideo {
  readonly data: Uint8Array;
  readonly key: boolean;
  readonly ptsUs: number;
  /** avcC box contents, with the first key frame of an `avc` stream. */
  readonly description?: Uint8Array;
}

export interface VideoEncoderOptions {
  readonly codec: 'h264' | 'vp8';
  /** `annexb` is self-contained and for live streams; `avc` is for mp4 files. */
  readonly format: 'annexb' | 'avc';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  readonly bitrate: number;
}

export interface EncodedAudio {
  readonly data: Uint8Array;
  readonly ptsUs: number;
  readonly durationUs: number;
  readonly description?: Uint8Array;
}

export interface AudioEncoderHandle {
  encode(pcm: Pcm): Promise<readonly EncodedAudio[]>;
  flush(): Promise<readonly EncodedAudio[]>;
  close(): void;
}

export interface AudioEncoderOptions {
  readonly codec: 'aac' | 'opus';
  readonly sampleRateHz: number;
  readonly bitrate: number;
}

/** What the module behind `MediaCodecs.moduleUrl` exports. */
export interface CodecModule {
  createVideoEncoder(options: VideoEncoderOptions): Promise<VideoEncoderHandle>;
  createAudioEncoder(options: AudioEncoderOptions): Promise<AudioEncoderHandle>;
}

/** Encoders, named by a module that a worker thread can import as well as the main thread. */
export interface MediaCodecs {
  readonly moduleUrl: string;
  readonly video: readonly ('h264' | 'vp8')[];
  readonly audio: readonly ('aac' | 'opus')[];
}

/** The services a plugin may supply, by port name. One plugin per port, save where it is a list: those are joined. */
export interface Services {
  readonly mediaCodecs?: MediaCodecs;
  readonly sessionStore?: SessionStore;
  /** Checks of a user's text, after the built-in ones. */
  readonly inputChecks?: readonly InputCheck[];
  /** What models may have done while they answer. */
  readonly tools?: readonly Tool[];
}
export type ServicePort = keyof Services;
