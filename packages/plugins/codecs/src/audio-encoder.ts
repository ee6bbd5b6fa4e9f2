import { AudioData, AudioEncoder } from '@napi-rs/webcodecs';
import {
  type AudioEncoderHandle,
  type AudioEncoderOptions,
  type EncodedAudio,
  type Pcm,
  TthError,
} from '@tth/core/plugin';
import { createOutbox } from './outbox.ts';
import { createPacketTimes, type RawPacket } from './packet-times.ts';

/** Sample rates the encoders take as they are; Opus always comes back at 48 kHz. */
const ratesHz = {
  aac: [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000],
  opus: [8_000, 12_000, 16_000, 24_000, 48_000],
} as const;

const codecStrings = { aac: 'mp4a.40.2', opus: 'opus' } as const;

/** Packets that may be inside the encoder before `encode` waits: about two seconds. */
const maxInside = 64;

const checkOptions = ({ codec, sampleRateHz, bitrate }: AudioEncoderOptions): void => {
  const rates: readonly number[] = ratesHz[codec];
  if (rates.includes(sampleRateHz) && bitrate > 0) return;
  throw new TthError('config.invalid', 'This audio encoder does not take that sample rate or bit rate.', {
    details: { codec, sampleRateHz, bitrate, sampleRatesHz: rates },
  });
};

/** One unbroken run of sound: the binary cannot be fed again once it was flushed. */
const openRun = ({ codec, sampleRateHz, bitrate }: AudioEncoderOptions, fromSample: number) => {
  const outbox = createOutbox<RawPacket>(codec);
  const addTimes = createPacketTimes(codec, sampleRateHz, fromSample);
  let samples = 0;
  const encoder = new AudioEncoder({
    output: (chunk, metadata) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      const description = metadata?.decoderConfig?.description;
      outbox.put({ data, description: description && new Uint8Array(description) });
    },
    error: outbox.fail,
  });
  encoder.ondequeue = outbox.wake;
  encoder.configure({ codec: codecStrings[codec], sampleRate: sampleRateHz, numberOfChannels: 1, bitrate });
  const take = (): EncodedAudio[] => outbox.take().map((packet) => addTimes(packet, samples));
  /** A live listener waits for every Opus packet; AAC is for files and may lag behind. */
  const packetsDue = (): number => (codec === 'opus' ? Math.floor(samples / (sampleRateHz / 50)) : 0);

  return {
    endSample: () => fromSample + samples,
    encode: async (pcm: Pcm): Promise<EncodedAudio[]> => {
      await outbox.until(() => encoder.encodeQueueSize < maxInside);
      const sound = new AudioData({
        format: 's16',
        sampleRate: sampleRateHz,
        numberOfFrames: pcm.length,
        numberOfChannels: 1,
        timestamp: Math.round((samples * 1_000_000) / sampleRateHz),
        data: pcm,
      });
      samples += pcm.length;
      encoder.encode(sound);
      sound.close();
      await outbox.until(() => outbox.count() >= packetsDue());
      return take();
    },
    flush: async (): Promise<EncodedAudio[]> => {
      outbox.refuseAfterFailure();
      if (samples > 0) await encoder.flush().catch(outbox.fail);
      return take();
    },
    close: (): void => {
      if (encoder.state !== 'closed') encoder.close();
      outbox.fail(new Error('The encoder was closed'));
    },
  };
};

/**
 * Makes an AAC-LC or Opus encoder for mono speech.
 *
 * Opus packets come with the call that completes them; AAC may lag behind. Packets are contiguous; the last one is cut to where the sound ends. The first carries the description (an
 * AudioSpecificConfig or an OpusHead). After `flush` a new run begins where the sound stopped. `close` may be
 * called twice; calls after it throw `plugin.error`.
 */
export const createAudioEncoder = async (options: AudioEncoderOptions): Promise<AudioEncoderHandle> => {
  checkOptions(options);
  let run = openRun(options, 0);
  return {
    encode: async (pcm) => (pcm.length > 0 ? await run.encode(pcm) : []),
    flush: async () => {
      const packets = await run.flush();
      run.close();
      run = openRun(options, run.endSample());
      return packets;
    },
    close: () => run.close(),
  };
};
