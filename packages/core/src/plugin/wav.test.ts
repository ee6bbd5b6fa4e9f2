import { wavChunk, wavFormat } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import type { Pcm } from '../domain/media.ts';
import { readWavHeader, wavFrames } from './wav.ts';

interface Parts {
  readonly sampleRateHz?: number;
  readonly channels?: number;
  readonly bits?: number;
  readonly kind?: number;
  /** What the header says of the length of the sound. */
  readonly says?: number;
  /** Between format and sound. */
  readonly between?: Uint8Array;
  readonly after?: Uint8Array;
}

const wav = (
  samples: readonly number[],
  { sampleRateHz = 24_000, channels = 1, bits = 16, kind = 1, says, between, after }: Parts = {},
): Buffer => {
  const sound = Buffer.from(Int16Array.from(samples).buffer);
  return Buffer.concat([
    Buffer.from('RIFF\xff\xff\xff\xffWAVE', 'latin1'),
    wavFormat({ rateHz: sampleRateHz, channels, bits, kind }),
    ...(between === undefined ? [] : [wavChunk('LIST', between)]),
    wavChunk('data', sound, says),
    ...(after === undefined ? [] : [wavChunk('LIST', after)]),
  ]);
};

/** A body in pieces of this many bytes. */
async function* cut(bytes: Uint8Array, byteLength: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.byteLength; at += byteLength) yield bytes.subarray(at, at + byteLength);
}

const read = async (bytes: Uint8Array, byteLength = 7): Promise<number[]> => {
  const runs: Pcm[] = [];
  for await (const run of wavFrames(cut(bytes, byteLength))) runs.push(run);
  return runs.flatMap((run) => [...run]);
};

const samples = [0, 100, -100, 32_767, -32_768, 7, 8];

describe('a WAV body', () => {
  it.each([1, 3, 44, 45, 10_000])('gives its samples when it comes in pieces of %i bytes', async (size) => {
    expect(await read(wav(samples), size)).toEqual(samples);
  });

  it.each([0, 0x7f_ff_f0_00, 0x7f_ff_ff_ff, 0xff_ff_ff_db, 0xff_ff_ff_ff])(
    'is read to its end where its length is said to be %i',
    async (says) => {
      expect(await read(wav(samples, { says }))).toEqual(samples);
    },
  );

  it('may have other parts before its sound and behind it', async () => {
    const odd = new Uint8Array(13).fill(65);

    expect(await read(wav(samples, { between: odd, after: odd }))).toEqual(samples);
  });

  it('is brought to the rate of the engine', async () => {
    const tone = Array.from({ length: 22_050 / 5 }, (_, at) => Math.round(8_000 * Math.sin(at / 10)));

    expect(await read(wav(tone, { sampleRateHz: 22_050 }), 4_801)).toHaveLength(24_000 / 5);
  });

  it.each([
    ['no WAV at all', Buffer.from('<html>this is not a voice</html>')],
    ['nothing', Buffer.alloc(0)],
    ['an end in its header', wav(samples).subarray(0, 30)],
    ['an end in its sound', wav(samples).subarray(0, -4)],
    ['two channels', wav(samples, { channels: 2 })],
    ['24 bits', wav(samples, { bits: 24 })],
    ['a compressed kind', wav(samples, { kind: 7 })],
    ['a header that never ends', wav(samples, { between: new Uint8Array(70_000) })],
  ])('with %s is a failure of the provider', async (_name, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'provider.protocol_error' });
  });

  it('closes its source when its reader leaves', async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<Uint8Array, void> {
      try {
        for (;;) yield* cut(wav(samples, { says: 0 }), 64);
      } finally {
        isClosed = true;
      }
    }

    for await (const _ of wavFrames(source())) break;

    expect(isClosed).toBe(true);
  });
});

describe('a WAV header', () => {
  it('tells what the sound is and where it begins', () => {
    const header = readWavHeader(wav(samples, { sampleRateHz: 16_000, channels: 2 }));

    expect(header).toEqual({
      encoding: 'pcm_s16le',
      sampleRateHz: 16_000,
      channels: 2,
      dataOffset: 44,
      dataBytes: samples.length * 2,
    });
  });

  it('is not known yet while its sound has not begun', () => {
    expect(readWavHeader(wav(samples).subarray(0, 43))).toBeUndefined();
  });
});
