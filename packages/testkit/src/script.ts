import { type ErrorCode, type InferContext, TthError, pause } from '@tth/core/plugin';

/** How a scripted provider behaves. Items count from 0. */
export interface Script {
  /** Wait before the first item, in milliseconds. 0 by default: not even a timer. */
  readonly firstItemMs?: number;
  /** Wait before each further item. */
  readonly betweenMs?: number;
  /** Fails instead of giving item `failAt`. */
  readonly failAt?: number;
  /** What it fails with: a code of the error table, or an error of its own. `provider.unavailable` by default. */
  readonly failure?: ErrorCode | Error;
  /** Never gives item `hangAt`, nor anything after it. */
  readonly hangAt?: number;
  /** Ends without a word before item `endAt`. */
  readonly endAt?: number;
  /** Goes on as if nobody had stopped it. */
  readonly ignoreAbort?: boolean;
}

/** One call that a scripted provider received. */
export interface ScriptedCall<Input = unknown, Control = unknown> {
  readonly input: Input;
  readonly control: Control;
  readonly context: InferContext;
  /** Items given so far. */
  items: number;
  /** `dropped`: its reader left without aborting it. */
  state: 'open' | 'ended' | 'aborted' | 'failed' | 'dropped';
}

/** What a scripted provider was asked, in order. */
export interface CallLog<Input = unknown, Control = unknown> {
  readonly calls: readonly ScriptedCall<Input, Control>[];
  /** Calls that have neither ended nor been aborted. */
  readonly open: number;
}

/** The same for every call, or by the number of the call, from 0. */
export type ScriptSource = Script | ((call: number) => Script);

const failureOf = (failure: Script['failure']): Error => {
  if (failure instanceof Error) return failure;
  return new TthError(failure ?? 'provider.unavailable', 'The scripted provider failed, as it was told to.');
};

const forever = (signal: AbortSignal, ignoreAbort: boolean): Promise<void> =>
  new Promise((resolve) => {
    if (!ignoreAbort) signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Gives `items` to every call as `script` says, and keeps a log. */
export const createPerformer = <Input, Control>(script: ScriptSource) => {
  const calls: ScriptedCall<Input, Control>[] = [];
  const log: CallLog<Input, Control> = {
    calls,
    get open() {
      return calls.filter(({ state }) => state === 'open').length;
    },
  };

  async function* perform<Item>(
    input: Input,
    control: Control,
    context: InferContext,
    items: AsyncIterable<Item> | Iterable<Item>,
  ): AsyncGenerator<Item, void> {
    const play = typeof script === 'function' ? script(calls.length) : script;
    const ignoreAbort = play.ignoreAbort ?? false;
    const call: ScriptedCall<Input, Control> = { input, control, context, items: 0, state: 'open' };
    calls.push(call);
    const isStopped = (): boolean => context.signal.aborted && !ignoreAbort;
    const wait = async (): Promise<void> => {
      const delayMs = call.items === 0 ? play.firstItemMs : play.betweenMs;
      const signal = ignoreAbort ? undefined : context.signal;
      if (delayMs !== undefined && delayMs > 0) await pause(context.clock, delayMs, signal);
      if (call.items === play.failAt) throw failureOf(play.failure);
      if (call.items === play.hangAt) await forever(context.signal, ignoreAbort);
    };
    try {
      for await (const item of items) {
        if (isStopped()) return;
        await wait();
        if (isStopped() || call.items === play.endAt) return;
        call.items += 1;
        yield item;
      }
      if (!isStopped() && (call.items === play.failAt || call.items === play.hangAt)) await wait();
      call.state = 'ended';
    } catch (error) {
      call.state = 'failed';
      throw error;
    } finally {
      if (call.state === 'open') call.state = closedAs(context.signal, call.items === play.endAt);
    }
  }

  return { log, perform };
};

const closedAs = (signal: AbortSignal, endedSilently: boolean): ScriptedCall['state'] => {
  if (signal.aborted) return 'aborted';
  return endedSilently ? 'ended' : 'dropped';
};
