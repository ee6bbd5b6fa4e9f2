import { stopped, unlessAborted } from '../domain/cancellation.ts';
import type { SessionId } from '../domain/ids.ts';
import { type Clock, pause } from '../domain/time.ts';
import type { AdapterSession, InferContext, SessionContext } from '../plugin/adapter.ts';
import type { Log } from '../plugin/services.ts';
import type { Layer } from './layers/layer.ts';

type Session = AdapterSession<unknown, unknown, unknown>;

/** An adapter as far as conversations need it. */
export interface Conversable extends Session {
  readonly id: string;
  openSession?(context: SessionContext): Promise<Session>;
}

/** One call within its conversation. */
export interface ConversationCall {
  /** To be among the call's layers: they open the conversation's session, and give it up when the call fails. */
  readonly layers: readonly Layer<unknown>[];
  /** The adapter's own stream where it keeps no sessions. A session that cannot be opened fails the call. */
  readonly infer: (input: unknown, control: unknown, context: InferContext) => AsyncIterable<unknown>;
}

/**
 * What adapters keep for as long as a conversation lasts: at most one session for each conversation and adapter.
 * It is opened by the first call and serves the later ones. It is closed when the conversation ends, after
 * `idleMs` without a call, and, once no call uses it, after a failure or when its adapter is given a rest; the
 * next call opens another.
 */
export interface Conversations {
  /** Sessions that are open or opening. */
  readonly size: number;
  call(adapter: Conversable, conversation: SessionId): ConversationCall;
  /** Closes the sessions of a conversation. */
  end(conversation: SessionId): void;
  /** Closes the sessions of an adapter, each when no call uses it. */
  retire(adapter: Conversable): void;
  /** Closes everything; resolves when that is done. Never rejects. */
  close(): Promise<void>;
}

export interface ConversationsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly idleMs: number;
}

/** A session of an adapter that does not come to an end is left alone after this long. */
const closeWithinMs = 2_000;

interface Entry {
  readonly adapter: Conversable;
  readonly conversation: SessionId;
  readonly opening: Promise<Session>;
  readonly ending: AbortController;
  calls: number;
  cancelIdle: () => void;
}

async function* inferIn(
  { opening }: Entry,
  input: unknown,
  control: unknown,
  context: InferContext,
): AsyncGenerator<unknown, void> {
  const { signal } = context;
  const session = await unlessAborted(opening, signal).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (session !== undefined) yield* session.inferStream(input, control, context);
}

export const createConversations = ({ clock, log, idleMs }: ConversationsOptions): Conversations => {
  const entries = new Map<SessionId, Map<Conversable, Entry>>();
  /** Those on their way out too. */
  const alive = new Set<Entry>();
  const closings = new Set<Promise<void>>();

  const open = (adapter: Conversable, conversation: SessionId): Entry => {
    const ending = new AbortController();
    const context = { sessionId: conversation, signal: ending.signal, clock, log };
    const opening = (async () => adapter.openSession!(context))();
    const entry: Entry = { adapter, conversation, opening, ending, calls: 0, cancelIdle: () => {} };
    // Whoever calls is told; a failure that nobody waits for any more is none.
    opening.catch(() => retire(entry));
    alive.add(entry);
    const ofConversation = entries.get(conversation) ?? new Map<Conversable, Entry>();
    entries.set(conversation, ofConversation.set(adapter, entry));
    return entry;
  };

  const release = async ({ opening, adapter }: Entry): Promise<void> => {
    const done = new AbortController();
    const closed = opening.then(
      (session) => session.close?.(),
      () => {},
    );
    try {
      await Promise.race([closed, pause(clock, closeWithinMs, done.signal)]);
    } catch (error) {
      log.warn({ adapter: adapter.id, error }, 'the session of an adapter did not close cleanly');
    } finally {
      done.abort();
    }
  };

  const close = (entry: Entry): void => {
    if (!alive.delete(entry)) return;
    entry.cancelIdle();
    entry.ending.abort(stopped);
    const closing = release(entry).finally(() => closings.delete(closing));
    closings.add(closing);
  };

  const isCurrent = (entry: Entry): boolean => entries.get(entry.conversation)?.get(entry.adapter) === entry;

  /** No new call gets it. */
  const forget = (entry: Entry): void => {
    const ofConversation = entries.get(entry.conversation);
    if (!isCurrent(entry)) return;
    ofConversation?.delete(entry.adapter);
    if (ofConversation?.size === 0) entries.delete(entry.conversation);
  };

  const retire = (entry: Entry): void => {
    forget(entry);
    if (entry.calls === 0) close(entry);
  };

  const begin = (adapter: Conversable, conversation: SessionId): Entry => {
    const entry = entries.get(conversation)?.get(adapter) ?? open(adapter, conversation);
    entry.cancelIdle();
    entry.calls += 1;
    return entry;
  };

  const end = (entry: Entry, isFailed: boolean): void => {
    entry.calls -= 1;
    if (isFailed || !isCurrent(entry)) retire(entry);
    else if (entry.calls === 0) entry.cancelIdle = clock.after(idleMs, () => retire(entry));
  };

  return {
    get size() {
      return alive.size;
    },
    call: (adapter, conversation) => {
      if (adapter.openSession === undefined) {
        return { layers: [], infer: (...call) => adapter.inferStream(...call) };
      }
      let entry: Entry | undefined;
      const layer: Layer<unknown> = () => {
        const begun = begin(adapter, conversation);
        entry = begun;
        return { end: (outcome) => end(begun, outcome === 'failed') };
      };
      return { layers: [layer], infer: (...call) => inferIn(entry!, ...call) };
    },
    end: (conversation) => {
      for (const entry of [...alive].filter((each) => each.conversation === conversation)) {
        forget(entry);
        close(entry);
      }
    },
    retire: (adapter) => {
      for (const entry of [...alive].filter((each) => each.adapter === adapter)) retire(entry);
    },
    close: async () => {
      for (const entry of alive) {
        forget(entry);
        close(entry);
      }
      await Promise.all(closings);
    },
  };
};
