import { type MediaFrame, opusPreSkipSamples } from '@tth/protocol';
import espeak from '@tth/plugin-espeak';
import localLlm from '@tth/plugin-local-llm';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium, noChromium, openPage } from '../support/chromium.ts';
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

  it('says in session_created what sound travels as', async () => {
    const packed = await server.connect(opusFirst);
    const plain = await server.connect({
      hello: { accepts: { audio: ['pcm_s16le', 'opus'], video: [] } },
    });
    const codecs = [packed, plain].map(({ events: [created] }) =>
      created?.type === 'session_created' ? created.audio.codec : undefined,
    );
    packed.close();
    plain.close();

    expect(codecs).toEqual(['opus', 'pcm_s16le']);
  });

  it('sends nothing of a turn after its interrupt', async () => {
    const client = await server.connect(opusFirst);
    client.send({ type: 'say', clientMsgId: 'm1', text });
    await client.nextMedia(({ ptsUs }) => ptsUs > 200_000);

    client.send({ type: 'interrupt', clientMsgId: 'm2' });
    const stopped = await client.next('turn_stopped');
    client.send({ type: 'say', clientMsgId: 'm3', text: 'Next.' });
    const next = await client.nextMedia(({ turn }) => turn === 2);
    await client.settled();

    expect(next).toMatchObject({ codec: 'opus', key: true, ptsUs: 0 });
    expect(afterTheEnd(client, stopped.turnId!)).toEqual({ terminals: 1, late: 0 });
    client.close();
  });

  it('sends PCM and says so where no plugin encodes', async () => {
    const plugins = [localLlm, espeak].map((plugin) => ({ name: plugin.name, load: async () => plugin }));
    const bare = await startTth({ plugins });
    await bare.warm;
    const client = await bare.connect(opusFirst);
    const [created] = client.events;
    client.send({ type: 'say', clientMsgId: 'm1', text: 'Plain.' });
    const first = await client.nextMedia();
    client.close();
    await bare.close();

    expect(created).toMatchObject({ type: 'session_created', audio: { codec: 'pcm_s16le' } });
    expect(first.codec).toBe('pcm_s16le');
  });

  const missing = chromiumPath === undefined;
  describe.skipIf(missing)(missing ? `in a browser (skipped: ${noChromium})` : 'in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser?.close());

    it('is played in full', async () => {
      const { page, problems } = await openPage(browser, server.url);
      await page.evaluate(`import('/tth-client.js').then(async ({ createTthClient }) => {
        const tth = createTthClient({ accepts: { audio: ['opus'], video: ['pose'] } });
        window.opus = { tth, session: await tth.connect(), loudest: 0, end: undefined };
        tth.on('playback', () => (window.opus.loudest = Math.max(window.opus.loudest, tth.stats().rms)));
        tth.on('turn_completed', (event) => (window.opus.end = event));
      })`);

      await page.evaluate(`window.opus.tth.say(${JSON.stringify(text)})`);
      await page.waitForFunction(() => {
        const { opus } = window as unknown as {
          opus: { end: unknown; tth: { stats(): { bufferedMs: number } } };
        };
        return opus.end !== undefined && opus.tth.stats().bufferedMs === 0;
      });
      const { codec, durationMs, stats, loudest } = await page.evaluate<{
        codec: string;
        durationMs: number;
        stats: { playedSamples: number };
        loudest: number;
      }>(`({
        codec: window.opus.session.audio.codec,
        durationMs: window.opus.end.durationMs,
        stats: window.opus.tth.stats(),
        loudest: window.opus.loudest,
      })`);

      expect(codec).toBe('opus');
      expect(Math.abs(stats.playedSamples / 24 - durationMs)).toBeLessThan(1);
      expect(loudest).toBeGreaterThan(0.05);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('decodes to the place in which PCM would be, within one sample', async () => {
      const { page } = await openPage(browser, server.url);
      const packed = await speak(server, opusFirst);
      const pcm = await speak(server, {});
      const run = packed.slice(
        0,
        packed.findIndex(({ sentenceEnd }) => sentenceEnd),
      );

      const decoded = await page.evaluate(
        async (packets) => {
          const samples: number[] = [];
          const decoder = new AudioDecoder({
            output: (sound) => {
              const part = new Float32Array(sound.numberOfFrames);
              sound.copyTo(part, { planeIndex: 0, format: 'f32-planar' });
              samples.push(...part);
            },
            error: () => {},
          });
          decoder.configure({ codec: 'opus', sampleRate: 48_000, numberOfChannels: 1 });
          for (const [i, data] of packets.entries()) {
            decoder.decode(
              new EncodedAudioChunk({ type: 'key', timestamp: i * 20_000, data: Uint8Array.from(data) }),
            );
          }
          await decoder.flush();
          return samples;
        },
        run.map(({ payload }) => [...payload]),
      );

      const whole = new Int16Array(Buffer.concat(pcm.map(({ payload }) => payload)).buffer.slice(0));
      /** How alike both are when Opus is taken to be this many samples late. */
      const likeness = (late: number): number => {
        const from = opusPreSkipSamples + late * 2;
        return correlation(
          decoded.slice(from).filter((_, i) => i % 2 === 0),
          whole,
        );
      };
      expect(decoded.length).toBe(run.length * 960);
      expect(Math.max(...[-1, 0, 1].map(likeness))).toBeGreaterThan(0.95);
      await page.close();
    });
  });
});
