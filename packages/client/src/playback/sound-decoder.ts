import { opusPreSkipSamples } from '@tth/protocol';
import { sampleRateHz } from './audio-output.ts';

/** Port to the browser's Opus decoder. */
export interface SoundDecoder {
  /**
   * Takes the packets of a run in order; `isFirst` begins another run. `onSamples` is called once, in order, with mono
   * sound at `sampleRateHz`, or with nothing when the packet cannot be decoded.
   */
  decode(packet: Uint8Array, isFirst: boolean, onSamples: (samples: Int16Array | undefined) => void): void;
  /** Nothing that is inside comes out any more; the next packet begins a run. */
  reset(): void;
  close(): void;
}

/** Every Opus decoder of a browser gives this rate, whatever was asked for. */
const decodedRateHz = 48_000;

export const opusDecoderConfig: AudioDecoderConfig = {
  codec: 'opus',
  sampleRate: decodedRateHz,
  numberOfChannels: 1,
};

/** What was sent held nothing above the lower rate's reach, so that leaving samples out folds nothing back. */
const toSamples = (sound: AudioData, skip: number): Int16Array => {
  const all = new Float32Array(sound.numberOfFrames);
  sound.copyTo(all, { planeIndex: 0, format: 'f32-planar' });
  const every = sound.sampleRate / sampleRateHz;
  const first = Math.round((skip * sound.sampleRate) / decodedRateHz);
  const samples = new Int16Array(Math.max(0, Math.ceil((all.length - first) / every)));
  for (let i = 0; i < samples.length; i += 1) {
    samples[i] = Math.max(-32_768, Math.min(32_767, Math.round((all[first + i * every] ?? 0) * 32_767)));
  }
  return samples;
};

type OnSamples = (samples: Int16Array | undefined) => void;

interface Run {
  readonly decoder: AudioDecoder;
  readonly waiting: OnSamples[];
  packets: number;
}

/** Decodes with WebCodecs, a decoder for each run: what one remembers must not colour the next. */
export const createSoundDecoder = (): SoundDecoder => {
  let current: Run | undefined;

  const abandon = (run: Run): void => {
    if (current === run) current = undefined;
    if (run.decoder.state !== 'closed') run.decoder.close();
  };

  const begin = (isFirst: boolean): Run => {
    let skip = isFirst ? opusPreSkipSamples : 0;
    const fail = (): void => {
      abandon(run);
      for (const onSamples of run.waiting.splice(0)) onSamples(undefined);
    };
    const run: Run = {
      decoder: new AudioDecoder({
        output: (sound) => {
          const samples = toSamples(sound, skip);
          skip = 0;
          sound.close();
          run.waiting.shift()?.(samples);
        },
        error: fail,
      }),
      waiting: [],
      packets: 0,
    };
    run.decoder.configure(opusDecoderConfig);
    return run;
  };

  /** The last packets of a run come out while the next is decoded. */
  const retire = (run: Run): void => {
    current = undefined;
    run.decoder.flush().then(
      () => abandon(run),
      () => abandon(run),
    );
  };

  const reset = (): void => {
    if (current === undefined) return;
    current.waiting.length = 0;
    abandon(current);
  };

  return {
    decode(packet, isFirst, onSamples) {
      if (isFirst && current !== undefined) retire(current);
      try {
        current ??= begin(isFirst);
        const run = current;
        run.waiting.push(onSamples);
        run.packets += 1;
        const timestamp = run.packets * 20_000;
        run.decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp, data: packet }));
      } catch {
        const lost = current?.waiting.splice(0) ?? [onSamples];
        if (current !== undefined) abandon(current);
        for (const each of lost) each(undefined);
      }
    },
    reset,
    close: reset,
  };
};
