import { AudioDecoder, EncodedAudioChunk } from '@napi-rs/webcodecs';
import { type MediaFrame, opusPreSkipSamples } from '@tth/protocol';

/** Sound at 24 kHz with its place on the turn's clock. */
export interface Decoded {
  readonly ptsUs: number;
  readonly samples: Float32Array;
}

const decodeRun = async (packets: readonly Uint8Array[]): Promise<Float32Array> => {
  const parts: Float32Array[] = [];
  const decoder = new AudioDecoder({
    output: (sound) => {
      const part = new Float32Array(sound.numberOfFrames);
      sound.copyTo(part, { planeIndex: 0, format: 'f32-planar' });
      parts.push(part);
    },
    error: (error) => {
      throw error;
    },
  });
  decoder.configure({ codec: 'opus', sampleRate: 48_000, numberOfChannels: 1 });
  for (const [i, data] of packets.entries())
    decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: i * 20_000, data }));
  await decoder.flush();
  decoder.close();
  const samples = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return samples;
};

/** Decodes a turn's Opus frames as the protocol says: runs begin with `key`, and `durationUs` is what counts. */
export const decodeOpus = async (frames: readonly MediaFrame[]): Promise<Decoded[]> => {
  const sounding = frames.filter(({ payload }) => payload.length > 0);
  const starts = sounding.flatMap(({ key }, at) => (key ? [at] : []));
  const runs: Decoded[] = [];
  for (const [n, from] of starts.entries()) {
    const run = sounding.slice(from, starts[n + 1]);
    const decoded = await decodeRun(run.map(({ payload }) => payload));
    const durationUs = run.reduce((sum, frame) => sum + frame.durationUs, 0);
    const samples = Math.round((durationUs * 24) / 1000);
    // Made from 24 kHz, so nothing lies above what 24 kHz can hold.
    const halved = decoded.subarray(opusPreSkipSamples).filter((_, i) => i % 2 === 0);
    runs.push({ ptsUs: run[0]!.ptsUs, samples: halved.subarray(0, samples) });
  }
  return runs;
};

/** How alike two stretches of sound are: 1 for the same shape, 0 for nothing in common. */
export const correlation = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb || 1);
};
