import type { WireControlPatch } from '@tth/protocol';
import { TthClientError } from './errors.ts';
import { opusDecoderConfig } from './playback/sound-decoder.ts';
import { decoderConfig } from './playback/video-config.ts';

/** What this client can draw. */
export type ClientVideoCodec = 'pose' | 'h264' | 'vp8' | 'jpeg';

/** What this client can play. */
export type ClientAudioCodec = 'pcm_s16le' | 'opus';

export type ControlPatch = WireControlPatch;

/** What is asked for, fitted to the browser; `problem` says what had to go and why. */
export interface FittedVideo {
  readonly video: ClientVideoCodec[];
  readonly problem: TthClientError | undefined;
}

/** Asks the browser whether it decodes a codec. Poses are drawn and stills decoded everywhere. */
export const canDecode = async (codec: ClientVideoCodec): Promise<boolean> => {
  if (codec === 'pose' || codec === 'jpeg') return true;
  if (typeof VideoDecoder === 'undefined') return false;
  const { supported } = await VideoDecoder.isConfigSupported(decoderConfig(codec));
  return supported === true;
};

/** Leaves out what cannot be decoded; where that took video away, stills come in its place. */
export const fitVideo = async (
  wanted: readonly ClientVideoCodec[],
  decodes: (codec: ClientVideoCodec) => Promise<boolean> = canDecode,
): Promise<FittedVideo> => {
  const decoded = await Promise.all(wanted.map((codec) => decodes(codec).catch(() => false)));
  const video = wanted.filter((_, index) => decoded[index]);
  const lost = wanted.filter((_, index) => !decoded[index]);
  if (lost.length === 0) return { video, problem: undefined };
  if (!video.includes('jpeg')) video.push('jpeg');
  const why = !globalThis.isSecureContext
    ? 'browsers decode video on secure pages only; open this page over https or on localhost'
    : 'this browser cannot decode it';
  const problem = new TthClientError(
    'client.video_failed',
    `No ${lost.join(' or ')}: ${why}. Still pictures are used instead.`,
  );
  return { video, problem };
};

/** Asks the browser whether it decodes Opus; insecure pages have no decoder. */
export const canDecodeOpus = async (): Promise<boolean> => {
  if (typeof AudioDecoder === 'undefined') return false;
  return (await AudioDecoder.isConfigSupported(opusDecoderConfig)).supported === true;
};

/** Leaves Opus out where it cannot be decoded. PCM is played everywhere, so that it is always the last resort. */
export const fitAudio = async (
  wanted: readonly ClientAudioCodec[],
  decodesOpus: () => Promise<boolean> = canDecodeOpus,
): Promise<ClientAudioCodec[]> => {
  const isDecoded = wanted.includes('opus') && (await decodesOpus().catch(() => false));
  const audio = wanted.filter((codec) => codec !== 'opus' || isDecoded);
  return audio.includes('pcm_s16le') ? audio : [...audio, 'pcm_s16le'];
};
