import { Worker } from 'node:worker_threads';
import { type MediaFrame, sessionRequest } from '@tth/protocol';
import codecs from '@tth/plugin-codecs';
import espeak from '@tth/plugin-espeak';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correlation, decodeOpus } from '../support/opus.ts';
import { type TestServer, startTth } from '../support/start-tth.ts';
import { afterTheEnd } from '../support/wire-client.ts';

const text =
  'This sound is packed tightly on its way. It must still be the same sound, from the first word to the last.';

const opusFirst = { hello: { accepts: { audio: ['opus' as const, 'pcm_s16le' as const], video: [] } } };

/** The sound of one turn on one connection. */
const speak = async (server: TestServer, accepts: object): Promise<MediaFrame[]> => {
  const client = await server.connect({ ...accepts, listensInstantly: true });
  client.send({ type: 'say', clientMsgId: 'm1', text });
  const end = await client.next('turn_completed');
  expect(afterTheEnd(client, end.turnId!)).toEqual({ terminals: 1, late: 0 });
  client.close();
  return client.media.filter(({ kind }) => kind === 'audio');
};

const endUs = (frames: readonly MediaFrame[]): number => frames.at(-1)!.ptsUs + frames.at(-1)!.durationUs;

describe('opus on the wire', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTth();
    await server.warm;
  });
  afterAll(() => server?.close());

  it('carries the same sound as PCM, as long and in its place, in a tenth of the bytes', async () => {
    const pcm = await speak(server, {});
    const opus = await speak(server, opusFirst);

    expect(new Set(opus.map(({ codec }) => codec))).toEqual(new Set(['opus']));
    expect(endUs(opus)).toBe(endUs(pcm));
    let nextUs = 0;
    for (const { ptsUs, durationUs } of opus) {
      expect(ptsUs).toBe(nextUs);
      nextUs = ptsUs + durationUs;
    }
    const whole = new Int16Array(Buffer.concat(pcm.map(({ payload }) => payload)).buffer.slice(0));
    for (const { ptsUs, samples } of await decodeOpus(opus)) {
      const from = Math.round((ptsUs * 24) / 1000);
      expect(correlation(samples, whole.subarray(from, from + samples.length))).toBeGreaterThan(0.95);
    }
    const size = (frames: readonly MediaFrame[]): number =>
      frames.reduce((sum, { payload }) => sum + payload.length, 0);
    expect(size(opus)).toBeLessThan(size(pcm) / 10);
    expect(opus.filter(({ sentenceEnd }) => sentenceEnd).length).toBe(2);
    expect(opus.filter(({ key }) => key).length).toBe(2);
  });
});
