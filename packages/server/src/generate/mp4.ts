import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  StreamTarget,
} from 'mediabunny';
import type { MediaCodecs } from '@tth/core';
import type { AudioEncoderHandle, CodecModule, EncodedAudio, PictureFormat } from '@tth/core/plugin';

/** `whole`: an index at the front, for files. `streamed`: fragments, playable while it is made. */
export type Layout = 'whole' | 'streamed';

export interface Mp4Writer {
  setFormat(format: PictureFormat): void;
  /** H.264 in Annex B, in order. */
  video(data: Uint8Array, key: boolean, ptsUs: number, durationUs: number): Promise<void>;
  /** 24 kHz mono, in order. */
  audio(pcm: Int16Array): Promise<void>;
  /** Fills the shorter track up to the longer one and closes the file. */
  finish(): Promise<void>;
  cancel(): Promise<void>;
}

const audioBitrate = 64_000;
const seconds = (us: number): number => us / 1_000_000;

/** Writes H.264 and AAC into an mp4. `write` is given every piece with its place in the file. */
export const createMp4Writer = async (
  codecs: MediaCodecs,
  sampleRateHz: number,
  layout: Layout,
  write: (bytes: Uint8Array, position: number) => Promise<void>,
): Promise<Mp4Writer> => {
  const { createAudioEncoder } = (await import(codecs.moduleUrl)) as CodecModule;
  const encoder: AudioEncoderHandle = await createAudioEncoder({
    codec: 'aac',
    sampleRateHz,
    bitrate: audioBitrate,
  });
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: layout === 'whole' ? 'in-memory' : 'fragmented' }),
    target: new StreamTarget(
      new WritableStream({
        write: ({ data, position }: { data: Uint8Array; position: number }) => write(data, position),
      }),
    ),
  });
  const picture = new EncodedVideoPacketSource('avc');
  const sound = new EncodedAudioPacketSource('aac');
  let format: PictureFormat | undefined;
  let started: Promise<void> | undefined;
  let videoEndUs = 0;
  let samples = 0;
  let firstSound = true;
  let firstPicture = true;

  const start = (fps: number): Promise<void> => {
    output.addVideoTrack(picture, { frameRate: fps });
    output.addAudioTrack(sound);
    return output.start();
  };

  const addSound = async (packets: readonly EncodedAudio[]): Promise<void> => {
    for (const { data, ptsUs, durationUs, description } of packets) {
      const packet = new EncodedPacket(data, 'key', seconds(ptsUs), seconds(durationUs));
      const meta = firstSound
        ? {
            decoderConfig: {
              codec: 'mp4a.40.2',
              numberOfChannels: 1,
              sampleRate: sampleRateHz,
              ...(description && { description }),
            },
          }
        : undefined;
      firstSound = false;
      await sound.add(packet, meta);
    }
  };

  return {
    setFormat: (given) => {
      format ??= given;
    },
    video: async (data, key, ptsUs, durationUs) => {
      const first = firstPicture;
      firstPicture = false;
      started ??= start(format?.fps ?? 25);
      await started;
      const packet = new EncodedPacket(data, key ? 'key' : 'delta', seconds(ptsUs), seconds(durationUs));
      videoEndUs = ptsUs + durationUs;
      await picture.add(
        packet,
        first
          ? {
              decoderConfig: {
                codec: 'avc1.640020',
                codedWidth: format?.widthPx ?? 512,
                codedHeight: format?.heightPx ?? 512,
                colorSpace: { matrix: 'smpte170m', primaries: 'bt709', transfer: 'bt709', fullRange: false },
              },
            }
          : undefined,
      );
    },
    audio: async (pcm) => {
      started ??= start(format?.fps ?? 25);
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
    },
    cancel: async () => {
      encoder.close();
      if (started !== undefined) await output.cancel();
    },
  };
};
