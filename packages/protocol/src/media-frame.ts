/** Bytes of the header before the payload. All numbers are little-endian. */
export const mediaHeaderBytes = 32;
export const mediaFrameVersion = 1;

export const mediaKinds = { audio: 1, video: 2, pose: 3 } as const;
export type MediaKind = keyof typeof mediaKinds;

export const mediaCodecs = { pcm_s16le: 1, opus: 2, h264: 16, vp8: 17, jpeg: 18, pose: 32 } as const;
export type MediaCodec = keyof typeof mediaCodecs;

/** What an Opus decoder gives first and nobody said: 6.5 ms, in samples at 48 kHz. */
export const opusPreSkipSamples = 312;

const flagBits = { key: 1, sentenceEnd: 2, idle: 4 } as const;

/**
 * One binary message.
 *
 * - `turn`: number of the turn, mapped to its id by `turn_started`; 0 for idle pictures.
 * - `epoch`: raised by every interrupt; a client drops what is older than the newest it knows.
 * - `seq`: counts the media frames of a connection from 0.
 * - `ptsUs`, `durationUs`: microseconds on the turn's audio clock.
 * - `sentence`: which sentence of the turn this belongs to, from 0.
 * - `payload`: a view into the message, not a copy.
 *
 * Sound as `opus`: one packet of 20 ms, mono. `key` begins a run: its decoder starts anew and drops the first
 * `opusPreSkipSamples`. `durationUs` is how much of what is decoded then counts, from its front. A run ends with its
 * sentence, or earlier where speech was taken back.
 */
export interface MediaFrame {
  readonly kind: MediaKind;
  readonly codec: MediaCodec;
  readonly key: boolean;
  readonly sentenceEnd: boolean;
  readonly idle: boolean;
  readonly turn: number;
  readonly epoch: number;
  readonly seq: number;
  readonly ptsUs: number;
  readonly durationUs: number;
  readonly sentence: number;
  readonly payload: Uint8Array;
}

/** Why bytes are not a media frame. */
export class MediaFrameError extends Error {
  override readonly name = 'MediaFrameError';
}

const kindNames = new Map<number, MediaKind>(
  Object.entries(mediaKinds).map(([name, id]) => [id, name as MediaKind]),
);
const codecNames = new Map<number, MediaCodec>(
  Object.entries(mediaCodecs).map(([name, id]) => [id, name as MediaCodec]),
);

/** Header and payload in one new buffer, ready for a socket. */
export const encodeMediaFrame = (frame: MediaFrame): Uint8Array => {
  const bytes = new Uint8Array(mediaHeaderBytes + frame.payload.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, mediaFrameVersion);
  view.setUint8(1, mediaKinds[frame.kind]);
  view.setUint8(2, mediaCodecs[frame.codec]);
  view.setUint8(
    3,
    (frame.key ? flagBits.key : 0) |
      (frame.sentenceEnd ? flagBits.sentenceEnd : 0) |
      (frame.idle ? flagBits.idle : 0),
  );
  view.setUint32(4, frame.turn, true);
  view.setUint32(8, frame.epoch, true);
  view.setUint32(12, frame.seq, true);
  view.setUint32(16, frame.ptsUs % 2 ** 32, true);
  view.setUint32(20, Math.floor(frame.ptsUs / 2 ** 32), true);
  view.setUint32(24, frame.durationUs, true);
  view.setUint16(28, frame.sentence, true);
  view.setUint16(30, 0, true);
  bytes.set(frame.payload, mediaHeaderBytes);
  return bytes;
};

/** Throws `MediaFrameError` for anything that is not a frame of this version. */
export const decodeMediaFrame = (message: ArrayBuffer | Uint8Array): MediaFrame => {
  const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
  if (bytes.byteLength < mediaHeaderBytes) {
    throw new MediaFrameError(`expected at least ${mediaHeaderBytes} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== mediaFrameVersion) {
    throw new MediaFrameError(`expected media frame version ${mediaFrameVersion}`);
  }
  const kind = kindNames.get(view.getUint8(1));
  if (kind === undefined) throw new MediaFrameError('unknown media kind');
  const codec = codecNames.get(view.getUint8(2));
  if (codec === undefined) throw new MediaFrameError('unknown media codec');
  const flags = view.getUint8(3);
  return {
    kind,
    codec,
    key: (flags & flagBits.key) !== 0,
    sentenceEnd: (flags & flagBits.sentenceEnd) !== 0,
    idle: (flags & flagBits.idle) !== 0,
    turn: view.getUint32(4, true),
    epoch: view.getUint32(8, true),
    seq: view.getUint32(12, true),
    ptsUs: view.getUint32(20, true) * 2 ** 32 + view.getUint32(16, true),
    durationUs: view.getUint32(24, true),
    sentence: view.getUint16(28, true),
    payload: bytes.subarray(mediaHeaderBytes),
  };
};
