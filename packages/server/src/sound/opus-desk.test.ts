import type { AudioEncoderHandle, EncodedAudio } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { createOpusDesk } from './opus-desk.ts';
import type { OpusReply } from './opus-messages.ts';

const head = (preSkip: number): Uint8Array => {
  const bytes = new Uint8Array(19);
  new DataView(bytes.buffer).setUint16(10, preSkip, true);
  return bytes;
};

/** Encoders that give one packet for each piece of sound, and one when flushed. */
const start = (preSkip = 312) => {
  const replies: OpusReply[] = [];
  const log: string[] = [];
  let encoders = 0;
  const create = async (): Promise<AudioEncoderHandle> => {
    encoders += 1;
    const name = encoders;
    let isFirst = true;
    const packet = (value: number): EncodedAudio => {
      const description = isFirst ? { description: head(preSkip) } : {};
      isFirst = false;
      return { data: Uint8Array.of(name, value), ptsUs: 0, durationUs: 20_000, ...description };
    };
    return {
      encode: async (pcm) => [packet(pcm.length)],
      flush: async () => [packet(0)],
      close: () => log.push(`closed ${name}`),
    };
  };
  return { handle: createOpusDesk(create, (reply) => replies.push(reply)), replies, log };
};

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pcm = (samples: number): Int16Array => new Int16Array(samples);

describe('opus desk', () => {
  it('encodes each run with an encoder of its own and frees it', async () => {
    const { handle, replies, log } = start();

    handle({ type: 'encode', stream: 1, pcm: pcm(10) });
    handle({ type: 'finish', stream: 1 });
    handle({ type: 'encode', stream: 1, pcm: pcm(20) });
    handle({ type: 'finish', stream: 1 });
    await settle();

    const packets = replies.flatMap((reply) =>
      reply.type === 'packets' ? reply.packets.map(([...bytes]) => bytes) : [],
    );
    expect(packets).toEqual([
      [1, 10],
      [1, 0],
      [2, 20],
      [2, 0],
    ]);
    expect(replies.filter(({ type }) => type === 'finished')).toHaveLength(2);
    expect(log).toEqual(['closed 1', 'closed 2']);
  });

  it('finishes a run without sound at once', async () => {
    const { handle, replies } = start();

    handle({ type: 'finish', stream: 4 });
    await settle();

    expect(replies).toEqual([{ type: 'finished', stream: 4 }]);
  });

  it('fails a stream whose encoder needs another lead than clients leave out, and no other', async () => {
    const { handle, replies } = start(120);

    handle({ type: 'encode', stream: 1, pcm: pcm(10) });
    handle({ type: 'encode', stream: 1, pcm: pcm(10) });
    handle({ type: 'finish', stream: 2 });
    await settle();

    expect(replies.map(({ type, stream }) => [type, stream])).toEqual(
      expect.arrayContaining([
        ['failed', 1],
        ['finished', 2],
      ]),
    );
    expect(replies).toHaveLength(2);
  });

  it('frees the encoder of a stream that is released in the middle of a run', async () => {
    const { handle, log, replies } = start();
    handle({ type: 'encode', stream: 1, pcm: pcm(10) });
    await settle();

    handle({ type: 'release', stream: 1 });
    await settle();

    expect(log).toEqual(['closed 1']);
    expect(replies).toHaveLength(1);
  });
});
