import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { AnyAdapter } from '@tth/core/plugin';
import { type TestContext, createInferContext } from '../inference-context.ts';
import type { Call, Opened, Subject } from './check.ts';

/** Rejects when `work` is still going on after `limitMs`: what hangs must fail its own check, not the run. */
export const within = async <T>(limitMs: number, what: string, work: Promise<T>): Promise<T> => {
  const done = new AbortController();
  const late = async (): Promise<never> => {
    await sleep(limitMs, undefined, { signal: done.signal });
    throw new Error(`${what} did not end within ${limitMs} ms.`);
  };
  try {
    return await Promise.race([work, late()]);
  } finally {
    done.abort();
  }
};

/** Resolves once `condition` holds. Rejects when it does not within `limitMs`. */
export const until = async (limitMs: number, what: string, condition: () => boolean): Promise<void> => {
  const endMs = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${limitMs} ms.`);
    await sleep(1);
  }
};

/** How many calls the vendor is still answering of those that are none of ours, once the last one has had time to end. */
export const openBefore = async ({ vendor, limitMs }: Subject): Promise<number> => {
  const isQuiet = (): boolean => vendor!.openCalls() === 0;
  await until(limitMs / 20, 'The vendor is quiet', isQuiet).catch(() => {});
  return vendor!.openCalls();
};

/** Resolves once the vendor answers no more calls than `before`. */
export const untilClosed = ({ vendor, limitMs }: Subject, before: number): Promise<void> =>
  until(limitMs / 5, 'The connection to the vendor is closed', () => vendor!.openCalls() <= before);

/** What a call of the adapter is told of itself: what it logs is kept. */
export const contextFor = ({ started: { log } }: Opened, signal?: AbortSignal): TestContext =>
  createInferContext(signal === undefined ? { log } : { log, signal });

/** What a call came to. */
export interface Ending<Item> {
  readonly items: readonly Item[];
  /** What it threw; `undefined`: it ended by itself. */
  readonly error: unknown;
}

/** Follows a call to its end, however it ends. */
export const follow = async <Item>(
  subject: Subject<AnyAdapter, Item>,
  call: Call<Item>,
  signal?: AbortSignal,
): Promise<Ending<Item>> => {
  const items: Item[] = [];
  const read = async (): Promise<unknown> => {
    try {
      for await (const item of call(contextFor(subject, signal))) items.push(item);
      return undefined;
    } catch (error) {
      return error ?? new Error('The call threw nothing.');
    }
  };
  return { error: await within(subject.limitMs, 'The call', read()), items };
};

/** Takes every item of a call that must go well. */
export const collect = async <Item>(
  subject: Subject<AnyAdapter, Item>,
  call: Call<Item>,
  signal?: AbortSignal,
): Promise<readonly Item[]> => {
  const { items, error } = await follow(subject, call, signal);
  if (error !== undefined) throw new Error(`The call failed: ${shown(error)}`);
  return items;
};

/** Reads one item of a call and leaves it. */
export const leave = (subject: Subject, call: Call, signal?: AbortSignal): Promise<void> => {
  const read = async (): Promise<void> => {
    for await (const _ of call(contextFor(subject, signal))) break;
  };
  return within(subject.limitMs, 'Leaving a call', read());
};

/** An error in one line, for a sentence. */
export const shown = (error: unknown): string =>
  error instanceof Error
    ? `${error.name}${'code' in error ? ` ${String(error.code)}` : ''}: ${error.message}`
    : inspect(error);
