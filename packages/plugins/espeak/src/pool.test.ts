import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { createPool, type Pool } from './pool.ts';
import type { SpeakRequest, SpokenPiece } from './wire.ts';

/** Speaks the text's length in samples and a voice's name by way of events: `crash` dies, `hold` waits for a cancel. */
const scripted = `
  const { parentPort, workerData: { cancel } } = require('node:worker_threads');
  parentPort.on('message', ({ job, request }) => {
    if (request.voice === 'crash') throw new Error('scripted crash');
    const piece = { pcm: new Int16Array(request.text.length), words: [], phonemes: [] };
    parentPort.postMessage({ type: 'piece', job, piece });
    while (request.voice === 'hold' && Atomics.load(cancel, 0) !== job);
    parentPort.postMessage({ type: 'end', job });
  });
`;

const request = (text: string, voice = 'plain'): SpeakRequest => ({
  text,
  voice,
  language: 'en',
  wordsPerMinute: 175,
  pitch: 50,
  range: 50,
  volume: 100,
  pauseMs: 0,
});

const never = new AbortController().signal;
const lengthsOf = async (pieces: AsyncIterable<SpokenPiece>): Promise<number[]> => {
  const lengths: number[] = [];
  for await (const { pcm } of pieces) lengths.push(pcm.length);
  return lengths;
};

describe('worker pool', () => {
  let pool: Pool;
  let started = 0;
  const open = (size: number): Pool => {
    started = 0;
    pool = createPool(size, (setup) => {
      started++;
      return new Worker(scripted, { eval: true, workerData: setup });
    });
    return pool;
  };
  afterEach(() => pool.close());

  it('starts no thread before the first job and no more than its size', async () => {
    const { speak } = open(2);
    expect(started).toBe(0);

    const all = await Promise.all(
      ['a', 'bb', 'ccc', 'dddd'].map((text) => lengthsOf(speak(request(text), never))),
    );

    expect(all).toEqual([[1], [2], [3], [4]]);
    expect(started).toBe(2);
  });

  it('keeps the process alive until its threads are gone, though one says meanwhile that it is done', async () => {
    const calls: string[] = [];
    const thread = Object.assign(new EventEmitter(), {
      ref: () => calls.push('ref'),
      unref: () => calls.push('unref'),
      postMessage: () => {},
      terminate: () => {
        calls.push('terminate');
        thread.emit('message', { type: 'end', job: 1 });
        return Promise.resolve(0);
      },
    });
    pool = createPool(1, () => thread as unknown as Worker);
    const call = new AbortController();
    const spoken = lengthsOf(pool.speak(request('a'), call.signal));
    call.abort();
    await spoken;

    await pool.close();

    expect(calls.slice(calls.indexOf('terminate'))).toEqual(['terminate']);
  });

  it('fails the job of a thread that dies, replaces the thread and tells so until a job ends well', async () => {
    const { speak, status } = open(1);

    const crashed = lengthsOf(speak(request('x', 'crash'), never));
    const next = lengthsOf(speak(request('yy'), never));

    await expect(crashed).rejects.toMatchObject({
      code: 'provider.unavailable',
      cause: { message: 'scripted crash' },
    });
    expect(status().lastFailure).toMatchObject({ message: 'scripted crash' });
    expect(await next).toEqual([2]);
    expect(started).toBe(2);
    expect(status().lastFailure).toBeUndefined();
  });

  it('forgets a waiting job that is aborted', async () => {
    const { speak, status } = open(1);
    const first = new AbortController();
    const second = new AbortController();
    const running = speak(request('x', 'hold'), first.signal);
    await running.next();
    const waiting = lengthsOf(speak(request('yy'), second.signal));
    expect(status()).toMatchObject({ busy: 1, waiting: 1 });

    second.abort();

    expect(await waiting).toEqual([]);
    expect(status()).toMatchObject({ busy: 1, waiting: 0 });
    first.abort();
  });

  it('stops a running job that is aborted and gives its thread to the next', async () => {
    const { speak } = open(1);
    const stop = new AbortController();
    const running = speak(request('x', 'hold'), stop.signal);
    await running.next();
    const next = lengthsOf(speak(request('yy'), never));

    stop.abort();

    expect(await running.next()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual([2]);
    expect(started).toBe(1);
  });

  it('stops a job whose reader leaves', async () => {
    const { speak } = open(1);

    for await (const _ of speak(request('x', 'hold'), never)) break;

    expect(await lengthsOf(speak(request('yy'), never))).toEqual([2]);
  });

  it('asks for nothing when it is aborted from the start', async () => {
    const { speak } = open(1);

    expect(await lengthsOf(speak(request('x'), AbortSignal.abort()))).toEqual([]);
    expect(started).toBe(0);
  });

  it('refuses more work than it can hold and says when to come back', async () => {
    const { speak, close } = open(1);
    const held = Array.from({ length: 513 }, () => lengthsOf(speak(request('x', 'hold'), never)));
    const settled = Promise.allSettled(held);

    await expect(lengthsOf(speak(request('x'), never))).rejects.toMatchObject({
      code: 'provider.rate_limited',
      retryAfterMs: 1000,
    });
    await close();
    await settled;
  });

  it('fails what runs and what waits when it is closed, closes twice and takes no more', async () => {
    const { speak, close, status } = open(1);
    const running = speak(request('x', 'hold'), never);
    await running.next();
    const ends = [running.next(), lengthsOf(speak(request('yy'), never))];
    const settled = Promise.allSettled(ends);

    await Promise.all([close(), close()]);

    const unavailable = { status: 'rejected', reason: { code: 'provider.unavailable' } };
    expect(await settled).toMatchObject([unavailable, unavailable]);
    await expect(lengthsOf(speak(request('x'), never))).rejects.toMatchObject(unavailable.reason);
    expect(status()).toMatchObject({ workers: 0, closed: true });
  });
});
