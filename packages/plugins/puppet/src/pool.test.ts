import { Worker } from 'node:worker_threads';
import { encodePose, neutralPose, poseSize } from '@tth/face';
import { afterEach, describe, expect, it } from 'vitest';
import { createPool, type Pool, type PoolDrawing } from './pool.ts';
import type { DrawingSpec } from './worker-messages.ts';

const spec: DrawingSpec = {
  character: 'mira',
  widthPx: 128,
  heightPx: 128,
  fps: 25,
  framing: 'bust',
  background: 'studio',
  badge: false,
  codec: 'jpeg',
  bitrate: 100_000,
  jpegQuality: 60,
  codecsUrl: undefined,
};
const neverAborted = new AbortController().signal;

const drawOne = (drawing: PoolDrawing) => {
  const poses = new Uint8Array(poseSize);
  encodePose(neutralPose(), poses);
  return drawing.draw([{ ptsUs: 0, key: true }], poses);
};

let pool: Pool;
let started: Worker[];
const openPool = (maxWorkers: number): Pool => {
  started = [];
  pool = createPool({
    maxWorkers,
    startWorker: () => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url));
      started.push(worker);
      return worker;
    },
  });
  return pool;
};
afterEach(() => pool.close());

describe('pool', () => {
  it('starts no worker before the first drawing, and as many as there are drawings up to its limit', () => {
    const { open } = openPool(2);
    expect(pool.workers).toBe(0);

    for (let i = 0; i < 4; i++) open(spec, neverAborted);

    expect(pool.workers).toBe(2);
    expect(pool.drawings).toBe(4);
  });

  it('takes a worker that has nothing to do before it starts another', () => {
    const { open } = openPool(2);

    open(spec, neverAborted).release();
    open(spec, neverAborted);

    expect(started).toHaveLength(1);
  });

  it('fails the drawings of a worker that dies and draws on with a new one', async () => {
    const { open } = openPool(1);
    const doomed = open(spec, neverAborted);
    await drawOne(doomed);

    const died = started[0]!.terminate();
    const waiting = drawOne(doomed);
    await expect(waiting).rejects.toMatchObject({ code: 'provider.unavailable' });
    await died;

    await expect(drawOne(doomed)).rejects.toMatchObject({ code: 'provider.unavailable' });
    expect(await drawOne(open(spec, neverAborted))).toHaveLength(1);
    expect(started).toHaveLength(2);
  });

  it('gives nothing more of a drawing that was released or aborted, and forgets it', async () => {
    const { open } = openPool(1);
    const abort = new AbortController();
    const released = open(spec, neverAborted);
    const aborted = open(spec, abort.signal);
    const waiting = [drawOne(released), drawOne(aborted)];

    released.release();
    released.release();
    abort.abort();

    expect(await Promise.all(waiting)).toEqual([[], []]);
    expect(await drawOne(released)).toEqual([]);
    expect(pool.drawings).toBe(0);
  });

  it('says why a drawing cannot be encoded and keeps its worker', async () => {
    const { open } = openPool(1);
    const codecsUrl = new URL('../test/broken-codecs.ts', import.meta.url).href;

    const failed = drawOne(open({ ...spec, codec: 'h264', codecsUrl }, neverAborted));

    await expect(failed).rejects.toMatchObject({
      code: 'provider.unavailable',
      cause: 'No binary for this platform',
    });
    expect(await drawOne(open(spec, neverAborted))).toHaveLength(1);
    expect(started).toHaveLength(1);
  });

  it('can be closed twice, fails what is under way and opens nothing afterwards', async () => {
    const { open } = openPool(1);
    const waiting = drawOne(open(spec, neverAborted));

    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'provider.unavailable' }),
      pool.close(),
      pool.close(),
    ]);

    expect(pool.workers).toBe(0);
    expect(() => open(spec, neverAborted)).toThrow('closed');
  });
});
