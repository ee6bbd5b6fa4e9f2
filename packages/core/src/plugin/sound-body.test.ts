import { describe, expect, it } from 'vitest';
import { soundFrames } from './sound-body.ts';

async function* pieces(...bytes: Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* bytes;
}

const answer = (contentType: string | undefined, ...bytes: Uint8Array[]) => ({
  header: (name: string) => (name === 'content-type' ? contentType : undefined),
  bytes: () => pieces(...bytes),
});

const read = async (response: ReturnType<typeof answer>): Promise<number[]> => {
  const samples: number[] = [];
  for await (const pcm of soundFrames(response)) samples.push(...pcm);
  return samples;
};

const raw = Uint8Array.of(1, 0, 2, 0);
const wav = Buffer.concat([
  Buffer.from('RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0', 'latin1'),
  Buffer.from(Uint32Array.of(24_000, 48_000).buffer),
  Buffer.from('\x02\0\x10\0data\0\0\0\0', 'latin1'),
  raw,
]);

describe('the sound of an answer', () => {
  it.each(['audio/wav', 'audio/x-wav', 'audio/vnd.wave', 'audio/wave; codecs=1'])(
    'is read as a WAV file where it is %s',
    async (contentType) => {
      expect(await read(answer(contentType, wav))).toEqual([1, 2]);
    },
  );

  it.each([undefined, 'audio/pcm', 'application/octet-stream'])(
    'is taken as raw sound where its type is %s',
    async (contentType) => {
      expect(await read(answer(contentType, raw))).toEqual([1, 2]);
    },
  );

  it('is a failure where there is none', async () => {
    await expect(read(answer('audio/pcm'))).rejects.toMatchObject({ code: 'provider.protocol_error' });
  });
});
