import type { AnyAdapter, InferContext } from '@tth/core/plugin';
import { expect, it } from 'vitest';
import { createInferContext } from '../inference-context.ts';
import type { StartedAdapter } from '../start-adapter.ts';

/** One call of an adapter, with everything but its context given. */
export type Call<Item> = (context: InferContext) => AsyncIterable<Item>;

/** What the suites of all stages need of an adapter under test. */
export interface Subject<Adapter extends AnyAdapter, Item> {
  readonly started: () => StartedAdapter<Adapter>;
  /** A call that yields several items. */
  readonly call: () => Call<Item>;
}

/** Takes every item of a call. */
export const collect = async <Item>(call: Call<Item>, signal?: AbortSignal): Promise<Item[]> => {
  const items: Item[] = [];
  const context = createInferContext(signal === undefined ? {} : { signal });
  for await (const item of call(context)) items.push(item);
  return items;
};

/** Rejects when `work` is still going on after `limitMs`: what hangs must fail its own test, not the run. */
export const within = async <T>(limitMs: number, what: string, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${limitMs} ms.`)), limitMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
};

/** Tests that hold for an adapter of any stage. */
export const sharedConformance = <Adapter extends AnyAdapter, Item>(
  stage: Adapter extends AnyAdapter ? 'llm' | 'tts' | 'avatar' : never,
  { started, call }: Subject<Adapter, Item>,
): void => {
  it('describes itself as of its stage, the same each time', () => {
    const { adapter } = started();

    expect(adapter.capabilities().stage).toBe(stage);
    expect(adapter.capabilities()).toEqual(adapter.capabilities());
  });

  it('is warm after a warm-up and well when asked', async () => {
    const { adapter } = started();
    const { signal } = new AbortController();

    await within(30_000, 'The warm-up', Promise.resolve(adapter.warmup?.(signal)));
    const health = await within(5_000, 'The health check', adapter.health(signal));

    expect(health.status).toBe('ok');
  });

  it('gives nothing to a call that is aborted already', async () => {
    const items = await within(10_000, 'The aborted call', collect(call(), AbortSignal.abort()));

    expect(items.length).toBeLessThanOrEqual(1);
  });

  it.each([0, 1, 2])('ends within one item of an abort after item %i and stays of use', async (after) => {
    const abort = new AbortController();
    let items = 0;
    let sinceAbort = 0;
    const read = async (): Promise<void> => {
      for await (const _ of call()(createInferContext({ signal: abort.signal }))) {
        if (abort.signal.aborted) sinceAbort += 1;
        if (items++ === after) abort.abort();
      }
    };

    await within(10_000, 'The aborted call', read());

    expect(sinceAbort).toBeLessThanOrEqual(1);
    expect((await collect(call())).length).toBeGreaterThan(0);
  });

  it('ends at an abort that comes while it has not answered yet', async () => {
    const abort = new AbortController();
    const items = call()(createInferContext({ signal: abort.signal }))[Symbol.asyncIterator]();

    const first = items.next();
    abort.abort();
    const rest = async (): Promise<number> => {
      let count = (await first).done === true ? 0 : 1;
      while ((await items.next()).done !== true) count += 1;
      return count;
    };

    expect(await within(10_000, 'The aborted call', rest())).toBeLessThanOrEqual(1);
  });

  it('does not mind an abort after the end, nor a reader who leaves', async () => {
    const abort = new AbortController();
    await collect(call(), abort.signal);
    abort.abort();
    for await (const _ of call()(createInferContext())) break;

    expect((await collect(call())).length).toBeGreaterThan(0);
  });
};
