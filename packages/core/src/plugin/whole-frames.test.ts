import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Pcm, pcmBytes } from '../domain/media.ts';
import { forgiveOne } from './forgive-one.ts';
import { wholeFrames } from './whole-frames.ts';

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void> {
  let from = 0;
  for (const size of sizes) {
    yield bytes.subarray(from, from + size);
    from += size;
  }
  yield bytes.subarray(from);
}

const samplesOf = async (frames: AsyncIterable<Pcm>): Promise<number[]> => {
  const samples: number[] = [];
  for await (const pcm of frames) samples.push(...pcm);
  return samples;
};

describe('raw sound', () => {
  it('comes out in whole samples however its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.int16Array(), fc.array(fc.nat({ max: 9 })), async (pcm, sizes) => {
        expect(await samplesOf(wholeFrames(pieces(pcmBytes(pcm), sizes)))).toEqual([...pcm]);
      }),
    );
  });

  it('of another rate comes out at the rate of the engine', async () => {
    const second = new Int16Array(16_000).fill(1_000);
    const audio = { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 } as const;

    expect(await samplesOf(wholeFrames(pieces(pcmBytes(second), [481, 4_001]), audio))).toHaveLength(24_000);
  });

  it.each([
    { what: 'ends in the middle of a sample', bytes: new Uint8Array(7) },
    { what: 'comes in a piece larger than 1 MiB', bytes: new Uint8Array(1_048_578) },
  ])('that $what is an error of the provider', async ({ bytes }) => {
    await expect(samplesOf(wholeFrames(pieces(bytes, [])))).rejects.toMatchObject({
      code: 'provider.protocol_error',
    });
  });
});

describe('pieces that cannot be read', () => {
  it('are forgiven once per stream, and what they held is in no error', () => {
    const read = forgiveOne((text: string): unknown => JSON.parse(text));

    expect([read('1'), read('{sk-12345'), read('2')]).toEqual([1, undefined, 2]);
    expect(() => read('{sk-12345')).toThrow(/More than one piece/);
  });
});
