import { type MediaCodecs, type MediaItem, sampleRateHz } from '@tth/core';
import {
  type Layout,
  type PictureSize,
  type VideoContainer,
  type WriteAt,
  containerCodecs,
  createVideoFile,
} from './video-file.ts';
import { wavHeader } from './wav.ts';

export const fileFormats = ['mp4', 'webm', 'wav'] as const;
export type FileFormat = (typeof fileFormats)[number];

/** What a session has to be asked for so that a file of this format can be made. */
export const pictureOf = (format: FileFormat): readonly ('h264' | 'vp8')[] =>
  format === 'wav' ? [] : [containerCodecs[format].picture];

/** Writes the media of turns into a file. */
export interface TurnWriter {
  sound(data: Uint8Array): Promise<void>;
  picture(item: Pick<MediaItem, 'data' | 'key' | 'ptsUs' | 'durationUs'>): Promise<void>;
  setFormat(format: PictureSize): void;
  finish(): Promise<void>;
  cancel(): Promise<void>;
}

const samplesOf = (data: Uint8Array): Int16Array =>
  data.byteOffset % 2 === 0
    ? new Int16Array(data.buffer, data.byteOffset, data.byteLength / 2)
    : new Int16Array(data.slice().buffer);

const headerBytes = 44;

/** Sound alone. Pictures are ignored. */
export const createWavWriter = async (layout: Layout, write: WriteAt): Promise<TurnWriter> => {
  const held: Uint8Array[] = [];
  let size = 0;
  if (layout !== 'whole') await write(wavHeader(sampleRateHz), 0);
  return {
    setFormat: () => {},
    sound: async (data) => {
      if (layout === 'whole') held.push(data);
      else await write(data, headerBytes + size);
      size += data.byteLength;
    },
    picture: async () => {},
    finish: async () => {
      if (layout === 'streamed') return;
      await write(wavHeader(sampleRateHz, size), 0);
      let at = headerBytes;
      for (const piece of held) {
        await write(piece, at);
        at += piece.byteLength;
      }
    },
    cancel: async () => {},
  };
};
/** Sound and picture. */
export const createVideoWriter = async (
  codecs: MediaCodecs,
  container: VideoContainer,
  layout: Layout,
  write: WriteAt,
): Promise<TurnWriter> => {
  const file = await createVideoFile(codecs, { container, layout, sampleRateHz }, write);
  return {
    setFormat: (format) => file.setFormat(format),
    sound: (data) => file.audio(samplesOf(data)),
    picture: ({ data, key, ptsUs, durationUs }) => file.video(data, key, ptsUs, durationUs),
    finish: () => file.finish(),
    cancel: () => file.cancel(),
  };
};
