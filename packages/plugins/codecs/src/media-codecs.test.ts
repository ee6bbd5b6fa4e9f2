import { Worker } from 'node:worker_threads';
import { createHttp, createSockets, silentLog, systemClock, systemRandom } from '@tth/core/plugin';
import type { AdapterDeps, CodecModule } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import plugin from './index.ts';
import { createMediaCodecs } from './media-codecs.ts';

const deps: Omit<AdapterDeps, 'services'> = {
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  secrets: { reveal: () => '' },
  http: createHttp({ clock: systemClock, log: silentLog }),
  socket: createSockets({ clock: systemClock, log: silentLog }),
};

const encodeInWorker = `
  const { parentPort, workerData } = require('node:worker_threads');
  (async () => {
    const { createVideoEncoder } = await import(workerData);
    const encoder = await createVideoEncoder({
      codec: 'h264', format: 'annexb', widthPx: 64, heightPx: 64, fps: 25, bitrate: 200000,
    });
    const frames = [...await encoder.encode(new Uint8Array(64 * 64 * 4), 0, true), ...await encoder.flush()];
    encoder.close();
    parentPort.postMessage(frames.map(({ key, ptsUs }) => ({ key, ptsUs })));
  })();
`;

const runWorker = (moduleUrl: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(encodeInWorker, { eval: true, workerData: moduleUrl });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

describe('mediaCodecs service', () => {
  it('names what it encodes and a module that the main thread can import', async () => {
    const codecs = await plugin.services![0]!.create(deps);

    expect(codecs).toMatchObject({ video: ['h264', 'vp8'], audio: ['aac', 'opus'] });
    const module: CodecModule = await import((await createMediaCodecs()).moduleUrl);
    expect(Object.keys(module).sort()).toEqual(['createAudioEncoder', 'createVideoEncoder']);
  });

  it('encodes in one worker thread after another', async () => {
    const { moduleUrl } = await createMediaCodecs();

    expect(await runWorker(moduleUrl)).toEqual([{ key: true, ptsUs: 0 }]);
    expect(await runWorker(moduleUrl)).toEqual([{ key: true, ptsUs: 0 }]);
  });

  it('says at its creation that the binary is missing', async () => {
    const missing = createMediaCodecs(() => Promise.reject(new Error('Cannot find native binding')));

    await expect(missing).rejects.toMatchObject({
      code: 'plugin.error',
      details: { platform: process.platform, arch: process.arch },
    });
  });
});
