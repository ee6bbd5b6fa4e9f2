import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  StreamTarget,
  WebMOutputFormat,
} from 'mediabunny';
import { type MediaCodecs, TthError } from '@tth/core';
import type { AudioEncoderHandle, CodecModule, EncodedAudio, PictureFormat } from '@tth/core/plugin';
import { withCodecDelay } from './codec-delay.ts';

/** What a file has to know of its pictures ahead. */
export type PictureSize = Pick<PictureFormat, 'widthPx' | 'heightPx' | 'fps'>;

/**
 * - `whole`: an index at the front; kept in memory until it is finished.
 * - `streamed`: playable while it is made; every piece follows the one before.
 * - `seekable`: an index at the end; what was written is filled in later, for files on a disk.
 */
export type Layout = 'whole' | 'streamed' | 'seekable';
export type VideoContainer = 'mp4' | 'webm';

/** What a container holds: what every player of its kind can play. */
export const containerCodecs = {
  mp4: { picture: 'h264', sound: 'aac' },
  webm: { picture: 'vp8', sound: 'opus' },
} as const;

export interface VideoFile {
  setFormat(format: PictureSize): void;
  /** H.264 in Annex B or VP8, in order. */
  video(data: Uint8Array, key: boolean, ptsUs: number, durationUs: number): Promise<void>;
  /** Mono, in order, from 0 on without a gap. */
  audio(pcm: Int16Array): Promise<void>;
  /** Fills the sound up to the end of the pictures and closes the file. */
  finish(): Promise<void>;
  cancel(): Promise<void>;
}

/** Every piece of a file with its place in it. */
export type WriteAt = (bytes: Uint8Array, position: number) => Promise<void>;

const audioBitrates = { aac: 64_000, opus: 40_000 } as const;
const codecNames = { h264: 'avc', vp8: 'vp8', aac: 'aac', opus: 'opus' } as const;
const codecStrings = { h264: 'avc1.640020', vp8: 'vp8', aac: 'mp4a.40.2', opus: 'opus' } as const;
const seconds = (us: number): number => us / 1_000_000;

/** The encoders' module, where it can make what the container holds. Throws `config.invalid` otherwise. */
export const requireCodecs = (codecs: MediaCodecs | undefined, container: VideoContainer): MediaCodecs => {
  const { picture, sound } = containerCodecs[container];
  if (codecs?.video.includes(picture) === true && codecs.audio.includes(sound)) return codecs;
  throw new TthError(
    'config.invalid',
    'Video files need a plugin with encoders for their pictures and sound, such as @tth/plugin-codecs; or ask for wav.',
    { details: { container, picture, sound } },
  );
};

const outputFormat = (container: VideoContainer, layout: Layout): OutputFormat => {
  if (container === 'webm') return new WebMOutputFormat({ appendOnly: layout === 'streamed' });
  const fastStart = { whole: 'in-memory', streamed: 'fragmented', seekable: false } as const;
  return new Mp4OutputFormat({ fastStart: fastStart[layout] });
};

/** Packs pictures as they are, and sound that it encodes, into an mp4 or webm. */
export const createVideoFile = async (
  codecs: MediaCodecs,
  options: { readonly container: VideoContainer; readonly layout: Layout; readonly sampleRateHz: number },
  write: WriteAt,
): Promise<VideoFile> => {
  const { container, layout, sampleRateHz } = options;
  const { picture: pictureCodec, sound: soundCodec } = containerCodecs[container];
  const { createAudioEncoder } = (await import(codecs.moduleUrl)) as CodecModule;
  const encoder: AudioEncoderHandle = await createAudioEncoder({
    codec: soundCodec,
    sampleRateHz,
    bitrate: audioBitrates[soundCodec],
  });
  let description: Uint8Array | undefined;
  const mended: WriteAt = (data, position) => {
    const isOpus = soundCodec === 'opus' && description !== undefined;
    return write(isOpus ? withCodecDelay(data, position, description!) : data, position);
  };
  const buffer = new BufferTarget();
  const stream = new StreamTarget(
    new WritableStream({
      write: ({ data, position }: { data: Uint8Array; position: number }) => mended(data, position),
    }),
  );
  const output = new Output({
    format: outputFormat(container, layout),
    target: layout === 'whole' ? buffer : stream,
  });
  const picture = new EncodedVideoPacketSource(codecNames[pictureCodec]);
  const sound = new EncodedAudioPacketSource(codecNames[soundCodec]);
  let format: PictureSize | undefined;
  let started: Promise<void> | undefined;
  let videoEndUs = 0;
  let samples = 0;
  let firstSound = true;
  let firstPicture = true;

  const start = (): Promise<void> => {
    // With a frame rate times are rounded to it; what a listener saw is as regular as it was.
    output.addVideoTrack(picture, layout === 'seekable' ? {} : { frameRate: format?.fps ?? 25 });
    output.addAudioTrack(sound);
    return output.start();
  };

  const addSound = async (packets: readonly EncodedAudio[]): Promise<void> => {
    for (const { data, ptsUs, durationUs, description: given } of packets) {
      description ??= given;
      // AAC begins one packet early, to be hidden by an edit list; of a fragmented file not every reader honours it.
      if (layout === 'streamed' && ptsUs < 0) continue;
      const packet = new EncodedPacket(data, 'key', seconds(ptsUs), seconds(durationUs));
      const decoderConfig = {
        codec: codecStrings[soundCodec],
        numberOfChannels: 1,
        sampleRate: soundCodec === 'opus' ? 48_000 : sampleRateHz,
        ...(description && { description }),
      };
      await sound.add(packet, firstSound ? { decoderConfig } : undefined);
      firstSound = false;
    }
  };

  return {
    setFormat: (given) => {
      format ??= given;
    },
    video: async (data, key, ptsUs, durationUs) => {
      started ??= start();
      await started;
      const packet = new EncodedPacket(data, key ? 'key' : 'delta', seconds(ptsUs), seconds(durationUs));
      const decoderConfig: VideoDecoderConfig = {
        codec: codecStrings[pictureCodec],
        codedWidth: format?.widthPx ?? 512,
        codedHeight: format?.heightPx ?? 512,
        colorSpace: { matrix: 'smpte170m', primaries: 'bt709', transfer: 'bt709', fullRange: false },
      };
      const first = firstPicture;
      firstPicture = false;
      videoEndUs = ptsUs + durationUs;
      await picture.add(packet, first ? { decoderConfig } : undefined);
    },
    audio: async (pcm) => {
      started ??= start();
      await started;
      samples += pcm.length;
      await addSound(await encoder.encode(pcm));
    },
    finish: async () => {
      const missing = Math.round(seconds(videoEndUs) * sampleRateHz) - samples;
      if (missing > 0) await addSound(await encoder.encode(new Int16Array(missing)));
      await addSound(await encoder.flush());
      encoder.close();
      await output.finalize();
      if (buffer.buffer !== null) await mended(new Uint8Array(buffer.buffer), 0);
    },
    cancel: async () => {
      encoder.close();
      if (started !== undefined) await output.cancel();
    },
  };
};
