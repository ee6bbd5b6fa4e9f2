import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { TthError } from '../../domain/errors.ts';
import { defaultPolicies } from '../../domain/policies.ts';
import type { LlmOutput, SpeechOutput } from '../../plugin/adapter.ts';
import { createLastResort } from './last-resort.ts';
import { type Layer, throughLayers } from './layer.ts';
import { createLimit } from './limit.ts';
import { replyLiveness, speechLiveness } from './liveness.ts';
import { createObserver } from './observe.ts';

const never = new AbortController().signal;

async function* count(items: number, failure?: Error): AsyncGenerator<number, void> {
  for (let item = 0; item < items; item++) yield item;
  if (failure !== undefined) throw failure;
}

/** Reads a call to its end and says how that was. */
const read = async <Item>(call: AsyncIterable<Item>): Promise<string> => {
  try {
    for await (const _ of call);
    return 'ended';
  } catch (error) {
    return error instanceof TthError ? error.code : 'other';
  }
};

describe('layers of a call', () => {
  const note = (name: string, notes: string[]): Layer<number> => {
    return () => {
      notes.push(`${name} begins`);
      return {
        item: (item) => notes.push(`${name} ${item}`),
        end: (outcome) => notes.push(`${name} ${outcome}`),
      };
    };
  };

  it('see a call from the outside in, and its end from the inside out', async () => {
    const notes: string[] = [];

    await read(throughLayers(() => count(1), [note('outer', notes), note('inner', notes)], never));

    expect(notes).toEqual([
      'outer begins',
      'inner begins',
      'outer 0',
      'inner 0',
      'inner ended',
      'outer ended',
    ]);
  });

  it('refuse a call before its provider is asked, and those that had begun are told', async () => {
    const notes: string[] = [];
    let asked = 0;
    const refusing: Layer<number> = () => {
      throw new TthError('provider.unavailable', 'as told');
    };
    const open = (): AsyncIterable<number> => {
      asked += 1;
      return count(1);
    };

    expect(await read(throughLayers(open, [note('outer', notes), refusing], never))).toBe(
      'provider.unavailable',
    );

    expect(asked).toBe(0);
    expect(notes).toEqual(['outer begins', 'outer failed']);
  });

  it('hear that a call was stopped when its reader leaves or it is aborted', async () => {
    const notes: string[] = [];
    const left = throughLayers(() => count(5), [note('left', notes)], never);
    await left.next();

    await left.return();
    await read(
      throughLayers(() => count(1, new Error('late')), [note('aborted', notes)], AbortSignal.abort()),
    );

    expect(notes.filter((each) => each.endsWith('stopped'))).toEqual(['left stopped', 'aborted stopped']);
  });
});

describe('limit of a provider', () => {
  it('refuses one call too many at once and has room again when one ends', async () => {
    const limit = createLimit('tts:test', 2);
    const call = () => throughLayers<unknown>(() => count(2), [limit.layer], never);
    const [first, second] = [call(), call()];
    await first.next();
    await second.next();
    expect(limit.isFull).toBe(true);

    expect(await read(call())).toBe('provider.unavailable');
    expect(limit.inFlight).toBe(2);
    await first.return();

    expect(limit.inFlight).toBe(1);
    expect(await read(call())).toBe('ended');
  });
});

describe('observer of a provider', () => {
  it('counts calls by how they ended', async () => {
    const codes: string[] = [];
    const observer = createObserver(createVirtualClock(), ({ code }) => codes.push(code));
    const through = (open: () => AsyncIterable<number>) => throughLayers(open, [observer.layer()], never);

    await read(through(() => count(1)));
    await read(through(() => count(0, new TthError('provider.timeout', 'as told'))));
    await read(through(() => count(0, new Error('unexpected'))));
    const left = through(() => count(2));
    await left.next();
    expect(observer.counts).toMatchObject({ inFlight: 1, lastFailure: 'internal.unexpected' });
    await left.return();

    expect(codes).toEqual(['provider.timeout']);
    expect(observer.counts).toMatchObject({
      calls: 4,
      inFlight: 0,
      ended: 1,
      failed: 2,
      stopped: 1,
      last: 'stopped',
    });
  });

  it('averages the time to the first useful item, a fifth for the newest call', () => {
    const clock = createVirtualClock();
    const observer = createObserver(clock);
    const isUseful = (item: number): boolean => item > 0;
    const take = async (tookMs: number): Promise<void> => {
      const watch = observer.layer(isUseful)();
      watch.item?.(0);
      await clock.advance(tookMs);
      watch.item?.(1);
      await clock.advance(1_000);
      watch.item?.(2);
    };

    return take(100)
      .then(() => take(200))
      .then(() => expect(observer.counts.firstItemMs).toBe(120));
  });
});

describe('liveness of speech', () => {
  const { liveness } = defaultPolicies;
  const long = 'A sentence of some length that takes a while.';
  const chunk = (ms: number, level: number): SpeechOutput => ({
    pcm: new Int16Array(ms * 24).fill(level),
    words: [],
    phonemes: [],
    timing: 'measured',
  });
  const speak = (text: string, chunks: readonly SpeechOutput[]): Promise<string> => {
    async function* provider(): AsyncGenerator<SpeechOutput, void> {
      yield* chunks;
    }
    return read(throughLayers(provider, [speechLiveness(text, liveness)], never));
  };

  it.each([
    { what: 'of which nothing came', text: long, chunks: [], end: 'provider.protocol_error' },
    { what: 'of zeros alone', text: 'Hi', chunks: [chunk(2_000, 0)], end: 'provider.protocol_error' },
    { what: 'far too short', text: long, chunks: [chunk(100, 9)], end: 'provider.protocol_error' },
    { what: 'that begins quietly', text: long, chunks: [chunk(500, 0), chunk(500, 1)], end: 'ended' },
    { what: 'of a short text', text: 'Hi', chunks: [chunk(10, 9)], end: 'ended' },
    { what: 'of nothing that can be spoken', text: '…', chunks: [chunk(100, 0)], end: 'ended' },
  ])('ends a sentence $what with $end', async ({ text, chunks, end }) => {
    expect(await speak(text, chunks)).toBe(end);
  });
});

describe('liveness of a model', () => {
  it.each<{ what: string; outputs: LlmOutput[]; end: string }>([
    { what: 'says nothing', outputs: [{ type: 'finish', reason: 'stop' }], end: 'provider.protocol_error' },
    { what: 'says empty words', outputs: [{ type: 'text_delta', text: '' }], end: 'provider.protocol_error' },
    { what: 'says something', outputs: [{ type: 'text_delta', text: 'Hi' }], end: 'ended' },
    {
      what: 'calls a tool',
      outputs: [{ type: 'tool_call', id: '1', name: 'look', arguments: '{}' }],
      end: 'ended',
    },
  ])('ends an answer that $what with $end', async ({ outputs, end }) => {
    async function* provider(): AsyncGenerator<LlmOutput, void> {
      yield* outputs;
    }

    expect(await read(throughLayers(provider, [replyLiveness], never))).toBe(end);
  });
});

describe('last resort of a stage', () => {
  it('lets one call through per second, the first a second after the latest failure', async () => {
    const clock = createVirtualClock();
    const lastResort = createLastResort(1_000, clock);
    const call = () => read(throughLayers<unknown>(() => count(1), [lastResort.layer], never));
    lastResort.putOff();

    expect(await call()).toBe('provider.none_available');
    expect(lastResort.waitMs()).toBe(1_000);
    await clock.advance(1_000);

    expect(await Promise.all([call(), call()])).toEqual(['ended', 'provider.none_available']);
  });
});
