import { describe, expect, it } from 'vitest';
import { collect, endlessStreamOf, speechOf, streamOf } from '../test/speech.ts';
import { endOnAbort } from './end-on-abort.ts';

const chunks = speechOf([{ ms: 300 }]);

describe('endOnAbort', () => {
  it('hands on every item of a source that ends by itself', async () => {
    expect(await collect(endOnAbort(streamOf(chunks), new AbortController().signal))).toEqual(chunks);
  });

  it('ends in the middle of a wait and tells the source to stop', async () => {
    const abort = new AbortController();
    const source = endlessStreamOf(chunks);
    const collected = collect(endOnAbort(source, abort.signal));

    abort.abort();

    expect((await collected).length).toBeLessThanOrEqual(chunks.length);
    expect(source.isStopped).toBe(true);
  });

  it('asks an aborted source for nothing', async () => {
    const source = streamOf(chunks);

    expect(await collect(endOnAbort(source, AbortSignal.abort()))).toEqual([]);
    expect(source.taken).toBe(0);
  });
});
