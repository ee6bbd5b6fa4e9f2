import { AudioDecoder, EncodedAudioChunk } from '@napi-rs/webcodecs';
import type { EncodedAudio } from '@tth/core/plugin';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAudioEncoder } from './audio-encoder.ts';

const sampleRateHz = 24_000;
const bitrate = 48_000;

const tone = (samples: number, fromSample = 0): Int16Array =>
  Int16Array.from({ length: samples }, (_, i) =>
    i < fromSample ? 0 : 12_000 * Math.sin((i - fromSample) * 0.115),
  );

const encodeAll = async (codec: 'aac' | 'opus', pcm: Int16Array, step = 2400): Promise<EncodedAudio[]> => {
  const encoder = await createAudioEncoder({ codec, sampleRateHz, bitrate });
  const out: EncodedAudio[] = [];
  for (let at = 0; at < pcm.length; at += step)
    out.push(...(await encoder.encode(pcm.subarray(at, at + step))));
  out.push(...(await encoder.flush()));
  encoder.close();
  return out;
};

const endUs = (packets: readonly EncodedAudio[]): number =>
  packets.at(-1)!.ptsUs + packets.at(-1)!.durationUs;

/** Time of the first loud decoded sample on the clock of the packets. */
const onsetUs = async (codecString: string, packets: readonly EncodedAudio[]): Promise<number> => {
  let decoded = 0;
  let onset = -1;
  let rateHz = 0;
  const decoder = new AudioDecoder({
    output: (sound) => {
      const samples = new Float32Array(sound.numberOfFrames);
      sound.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      const at = samples.findIndex((value) => Math.abs(value) > 0.05);
      if (onset < 0 && at >= 0) onset = decoded + at;
      decoded += samples.length;
      rateHz = sound.sampleRate;
    },
    error: (error) => {
      throw error;
    },
  });
  const description = packets[0]!.description!;
  decoder.configure({ codec: codecString, sampleRate: sampleRateHz, numberOfChannels: 1, description });
  for (const { data, ptsUs } of packets) {
    decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: ptsUs, data }));
  }
  await decoder.flush();
  decoder.close();
  return packets[0]!.ptsUs + (onset * 1_000_000) / rateHz;
};

describe.for(['aac', 'opus'] as const)('%s audio encoder', (codec) => {
  it('gives contiguous packets that end with the sound, whatever its length', async () => {
    const lengths = fc.integer({ min: 1, max: 40_000 });
    const steps = fc.integer({ min: 100, max: 9_000 });
    await fc.assert(
      fc.asyncProperty(lengths, steps, async (samples, step) => {
        const packets = await encodeAll(codec, tone(samples), step);

        const ends = packets.map(({ ptsUs, durationUs }) => ptsUs + durationUs);
        expect(packets.slice(1).map(({ ptsUs }) => ptsUs)).toEqual(ends.slice(0, -1));
        const skippedUs = codec === 'opus' ? 6_500 : 0;
        expect(ends.at(-1)).toBe(Math.round((samples * 1_000_000) / sampleRateHz) + skippedUs);
      }),
      { numRuns: 25 },
    );
  });

  it('describes itself with the first packet only', async () => {
    const packets = await encodeAll(codec, tone(12_000));

    expect(packets.map(({ description }) => description !== undefined).indexOf(true)).toBe(0);
    expect(packets.slice(1).every(({ description }) => description === undefined)).toBe(true);
  });

  it('goes on after a flush where the sound stopped', async () => {
    const encoder = await createAudioEncoder({ codec, sampleRateHz, bitrate });
    await encoder.encode(tone(6_000));
    await encoder.flush();

    const again = [...(await encoder.encode(tone(6_000))), ...(await encoder.flush())];
    encoder.close();

    expect(endUs(again)).toBe(500_000 + (codec === 'opus' ? 6_500 : 0));
  });

  it('has nothing to give when nothing went in', async () => {
    expect(await encodeAll(codec, new Int16Array(0))).toEqual([]);
  });

  it('can be closed twice and refuses sound afterwards', async () => {
    const encoder = await createAudioEncoder({ codec, sampleRateHz, bitrate });

    encoder.close();
    encoder.close();

    await expect(encoder.encode(tone(10))).rejects.toMatchObject({ code: 'plugin.error' });
  });

  it('refuses a sample rate that the codec does not have', async () => {
    const refused = createAudioEncoder({ codec, sampleRateHz: 12_345, bitrate });

    await expect(refused).rejects.toMatchObject({ code: 'config.invalid' });
  });
});

describe('live opus', () => {
  it('hands on each packet with the call that completes its 20 ms', async () => {
    const encoder = await createAudioEncoder({ codec: 'opus', sampleRateHz, bitrate });
    const counts: number[] = [];

    for (const samples of [480, 1_000, 440, 100, 2_400]) {
      counts.push((await encoder.encode(tone(samples))).length);
    }
    encoder.close();

    expect(counts).toEqual([1, 2, 1, 0, 5]);
  });
});

describe('packet times', () => {
  const heardAtUs = 300_000;
  const pcm = tone(12_000, (heardAtUs * sampleRateHz) / 1_000_000);

  it('put decoded AAC where it was spoken, with the first packet before 0', async () => {
    const packets = await encodeAll('aac', pcm);

    expect(packets[0]!.ptsUs).toBe(-42_667);
    expect(Math.abs((await onsetUs('mp4a.40.2', packets)) - heardAtUs)).toBeLessThan(1_000);
  });

  it('leave decoded Opus late by the pre-skip that its description announces', async () => {
    const packets = await encodeAll('opus', pcm);

    const [low, high] = packets[0]!.description!.subarray(10, 12);
    const preSkipUs = ((low! + high! * 256) * 1_000_000) / 48_000;
    expect(Math.abs((await onsetUs('opus', packets)) - preSkipUs - heardAtUs)).toBeLessThan(1_000);
  });
});
