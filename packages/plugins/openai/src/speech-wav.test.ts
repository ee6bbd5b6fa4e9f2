import type { Pcm } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { type WavLooks, samplesOf, wavSteps } from '../test/speech-answers.ts';
import { createByteSource } from './speech-bytes.ts';
import { readWav } from './speech-wav.ts';

const asked = { text: 'Good morning.', speed: 1, rateHz: 24_000 };

/** A WAV in pieces of this many bytes. */
async function* inPieces(
  looks: WavLooks,
  byteLength: number,
  rateHz = 24_000,
): AsyncGenerator<Uint8Array, void> {
  const steps = [...wavSteps({ ...asked, rateHz }, looks)];
  const all = Buffer.concat(steps.flatMap((step) => (step.kind === 'piece' ? [step.bytes] : [])));
  for (let at = 0; at < all.length; at += byteLength) yield all.subarray(at, at + byteLength);
}

const collect = async (bytes: AsyncIterable<Uint8Array>): Promise<Pcm> => {
  const samples: number[] = [];
  for await (const pcm of readWav(createByteSource(bytes))) samples.push(...pcm);
  return Int16Array.from(samples);
};

describe('a WAV that is streamed', () => {
  it('is read the same however its bytes are cut', async () => {
    const whole = await collect(inPieces({}, 1_000_000));

    for (const byteLength of [1, 7, 481]) expect(await collect(inPieces({}, byteLength))).toEqual(whole);
    expect(whole).toHaveLength(samplesOf(asked));
  });

  it.each([0, 0x7fff_ffff, 0xffff_ffff, 0xffff_ffdb])(
    'goes on to the end where its length is not known (%i)',
    async (declaredBytes) => {
      expect(await collect(inPieces({ declaredBytes }, 481))).toHaveLength(samplesOf(asked));
    },
  );

  it('leaves out chunks before its sound, and those behind it', async () => {
    const plain = await collect(inPieces({}, 481));

    expect(await collect(inPieces({ extraChunks: [26, 3], trailer: 900 }, 481))).toEqual(plain);
  });

  it.each([8_000, 22_050, 44_100, 48_000])('is brought from %i Hz to ours', async (rateHz) => {
    const pcm = await collect(inPieces({}, 481, rateHz));

    expect(Math.abs(pcm.length - samplesOf(asked))).toBeLessThanOrEqual(1);
  });

  it('fails where it ends before the length that it declared', async () => {
    const declaredBytes = samplesOf(asked) * 2 + 100;

    await expect(collect(inPieces({ declaredBytes }, 481))).rejects.toMatchObject({
      code: 'provider.protocol_error',
      details: { reason: 'truncated' },
    });
  });

  it('fails where it ends inside its header', async () => {
    async function* start(): AsyncGenerator<Uint8Array, void> {
      for await (const bytes of inPieces({ extraChunks: [400] }, 60)) {
        yield bytes;
        return;
      }
    }

    await expect(collect(start())).rejects.toMatchObject({ details: { reason: 'truncated' } });
  });

  it('fails where a chunk is larger than any header', async () => {
    await expect(collect(inPieces({ extraChunks: [70_000] }, 4_096))).rejects.toMatchObject({
      code: 'provider.protocol_error',
    });
  });

  it('is refused when it has two channels', async () => {
    await expect(collect(inPieces({ channels: 2 }, 481))).rejects.toMatchObject({
      code: 'provider.format_mismatch',
      details: { channels: 2, bits: 16, sampleRateHz: 24_000 },
    });
  });
});
