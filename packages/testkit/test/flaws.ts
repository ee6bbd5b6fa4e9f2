import { setTimeout as sleep } from 'node:timers/promises';
import { type AnyAdapter, type Capabilities, type InferContext, TthError } from '@tth/core/plugin';
import type { StartedAdapter, VendorSimulator } from '@tth/testkit';

// Ways to break a sound adapter in one place.

/** What an adapter can be broken with: the parts of it that a flaw replaces. */
export type Flaw = (started: StartedAdapter, vendor: VendorSimulator) => object;

type Items<Item = unknown> = AsyncIterable<Item>;
type InferStream = (input: unknown, control: unknown, context: InferContext) => Items;

const streamOf = (adapter: AnyAdapter): InferStream =>
  adapter.inferStream as (...call: Parameters<InferStream>) => Items;

/** Breaks every call. `open` begins the one that would have been right, with this context. */
export const streaming =
  (
    change: (open: (context: InferContext) => Items, context: InferContext, started: StartedAdapter) => Items,
  ): Flaw =>
  (started) => ({
    inferStream: (input: unknown, control: unknown, context: InferContext) =>
      change((given) => streamOf(started.adapter)(input, control, given), context, started),
  });

const never = new AbortController().signal;

/** Hears no abort. */
export const deaf = streaming((open, context) => open({ ...context, signal: never }));

/** Ends when it is aborted or left, and lets the call beneath it run on. */
export const lettingGo = streaming(async function* (open, context) {
  const items = open({ ...context, signal: never })[Symbol.asyncIterator]();
  const aborted = new Promise<undefined>((resolve) => {
    context.signal.addEventListener('abort', () => resolve(undefined));
  });
  for (;;) {
    const next = await Promise.race([items.next(), aborted]);
    if (next === undefined || next.done) return;
    yield next.value;
  }
});

/** Reads on for a while after an abort. */
export const lingering = streaming(async function* (open, { signal, ...context }) {
  let late = 0;
  for await (const item of open({ ...context, signal: never })) {
    if (!signal.aborted) yield item;
    else if (++late > 3) return;
  }
});

/** Ends as if all were well where it should fail. */
export const swallowing = streaming(async function* (open, context) {
  try {
    yield* open(context);
  } catch {
    return;
  }
});

/** Fails with something else. */
export const failingWith = (change: (error: TthError) => unknown): Flaw =>
  streaming(async function* (open, context) {
    try {
      yield* open(context);
    } catch (error) {
      throw change(error as TthError);
    }
  });

/** Tries again by itself. */
export const persistent = streaming(async function* (open, context) {
  try {
    yield* open(context);
  } catch {
    yield* open(context);
  }
});

/** Takes it badly for good when a call of it fails or is left. */
export const resentful = (): Flaw => {
  let isHurt = false;
  return streaming(async function* (open, context) {
    if (isHurt) throw new TthError('provider.unavailable', 'It does not talk to us any more.');
    isHurt = true;
    yield* open(context);
    isHurt = false;
  });
};

/** Takes an item that is late for the end. */
export const impatient = streaming(async function* (open, context) {
  const items = open(context)[Symbol.asyncIterator]();
  for (let isFirst = true; ; isFirst = false) {
    const next = await Promise.race([items.next(), sleep(isFirst ? 1_000 : 3, undefined)]);
    if (next === undefined || next.done) return;
    yield next.value;
  }
});

/** Puts something in the place of each item: nothing, another one, several. */
export const mapping = <Item>(change: (item: Item, at: number) => readonly Item[]): Flaw =>
  streaming(async function* (open, context) {
    let at = 0;
    for await (const item of open(context)) yield* change(item as Item, at++);
  });

/** Gives these items, whatever it is asked. */
export const giving = (...items: readonly unknown[]): Flaw =>
  streaming(async function* () {
    yield* items;
  });

/** Claims something else in its capabilities. */
export const claiming =
  <Can extends Capabilities>(claim: (can: Can) => object): Flaw =>
  ({ adapter }) => ({
    capabilities: () => ({ ...adapter.capabilities(), ...claim(adapter.capabilities() as Can) }),
  });

/** Refuses calls with such an input or control. */
export const refusing =
  (isRefused: (control: Record<string, unknown>, input: Record<string, unknown>) => boolean): Flaw =>
  ({ adapter }) => ({
    inferStream: (
      input: Record<string, unknown>,
      control: Record<string, unknown>,
      context: InferContext,
    ) => {
      if (isRefused(control, input)) throw new TthError('provider.rejected', 'Not this.');
      return streamOf(adapter)(input, control, context);
    },
  });

/** Hears nothing of these controls. */
export const ignoring =
  (controls: object): Flaw =>
  ({ adapter }) => ({
    inferStream: (input: unknown, control: object, context: InferContext) =>
      streamOf(adapter)(input, { ...control, ...controls }, context),
  });

/** Several flaws at once. */
export const all =
  (...flaws: readonly Flaw[]): Flaw =>
  (started, vendor) =>
    Object.assign({}, ...flaws.map((flaw) => flaw(started, vendor))) as object;
