import {
  type Clock,
  type Inbox,
  type Log,
  type Socket,
  TthError,
  type UsageRecord,
  createInbox,
  forgiveOne,
  fromBase64,
  isTthError,
} from '@tth/core/plugin';
import type { RateLimits } from './realtime-limits.ts';
import {
  type DoneResponse,
  type Reading,
  type SessionSettings,
  readEvent,
  responseCancel,
  responseCreate,
  segmentKey,
  sessionUpdate,
} from './realtime-wire.ts';

/** What a response tells its listener. */
export type ResponseEvent =
  | { readonly kind: 'audio'; readonly bytes: Uint8Array }
  | { readonly kind: 'transcript'; readonly text: string }
  | { readonly kind: 'done'; readonly response: DoneResponse };

/** One sentence that is being read. */
export interface RealtimeResponse {
  events(): AsyncIterable<ResponseEvent>;
  /** Ends the events at once and has the vendor stop. Does nothing after the end. */
  cancel(): void;
}

/** One socket, with as many responses at a time as are asked for. */
export interface RealtimeConnection {
  /** Open, and nothing said that it will not be of use. */
  readonly isUsable: boolean;
  readonly openedAtMs: number;
  /** Whether it speaks so, or can be made to now. A voice stays once it was heard; a speed while a response is open. */
  suits(settings: SessionSettings): boolean;
  respond(
    reading: Reading,
    settings: SessionSettings,
    usage: (record: UsageRecord) => void,
  ): Promise<RealtimeResponse>;
  /** At once, or when the last response has ended. */
  close(when: 'now' | 'idle'): void;
}

export interface ConnectionDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: RateLimits;
  /** The coded error for what the vendor complains of. */
  readonly failOf: (complaint: unknown) => TthError;
}

interface Entry {
  readonly inbox: Inbox<ResponseEvent>;
  readonly eventId: string;
  readonly usage: (record: UsageRecord) => void;
  id: string | undefined;
  /** Once it was cancelled: ends the wait for the vendor's word that it is over. */
  endWait: (() => void) | undefined;
}

/** A cancelled response that does not end within this time: its connection is of no more use. */
const cancelWithinMs = 5_000;

const lost = (): TthError =>
  new TthError('provider.unavailable', 'The connection to the provider ended in the middle of a sentence.');

/** Complaints after which a connection lives on as if nothing had been. */
const harmless: readonly unknown[] = ['response_cancel_not_active'];

export const createConnection = (
  socket: Socket,
  { clock, log, limits, failOf }: ConnectionDeps,
): RealtimeConnection => {
  const openedAtMs = clock.monotonicMs();
  const entries = new Map<string, Entry>();
  let current: Partial<SessionSettings> = {};
  let hasSpoken = false;
  /** Why it is over; absent while it is not. */
  let over: TthError | undefined;
  let closesWhenIdle = false;
  let count = 0;
  let goOn: (() => void) | undefined;

  const resume = (): void => {
    const resumed = goOn;
    goOn = undefined;
    resumed?.();
  };
  /** Someone has nothing left to take, or nobody listens and only news of the connection can come. */
  const isWanted = (): boolean => {
    const all = [...entries.values()];
    return all.length === 0 || all.some(({ endWait, inbox }) => endWait !== undefined || inbox.length === 0);
  };
  const byId = (id: string): Entry | undefined => [...entries.values()].find((entry) => entry.id === id);
  const post = (message: string): void => {
    socket.send(message).catch(() => finish(lost()));
  };

  const forget = (segment: string): void => {
    entries.get(segment)?.endWait?.();
    entries.delete(segment);
    if (entries.size === 0 && closesWhenIdle) finish(lost());
    resume();
  };
  const finish = (error: TthError): void => {
    if (over !== undefined) return;
    over = error;
    for (const { inbox, endWait } of entries.values()) {
      inbox.end(error);
      endWait?.();
    }
    entries.clear();
    socket.close();
    resume();
  };

  const stop = (segment: string, entry: Entry): void => {
    if (entry.endWait !== undefined || !entries.has(segment)) return;
    entry.inbox.drop();
    entry.endWait = clock.after(cancelWithinMs, () => finish(lost()));
    if (entry.id !== undefined) post(responseCancel(entry.id));
    resume();
  };

  const complain = (complaint: Readonly<Record<string, unknown>>): void => {
    const { event_id: about, code } = complaint;
    if (harmless.includes(code)) return;
    const error = failOf(complaint);
    const [segment, entry] = [...entries].find(([, { eventId }]) => eventId === about) ?? [];
    if (segment !== undefined && entry !== undefined) {
      entry.inbox.end(error);
      forget(segment);
      return;
    }
    log.warn({ code: error.code, ...error.details }, 'the provider complains of a connection');
    const isOfSession = typeof about === 'string' && about.startsWith('session-');
    if (isOfSession || error.code === 'provider.misconfigured' || code === 'session_expired') finish(error);
  };

  const settle = (response: DoneResponse): void => {
    const named = response.metadata?.[segmentKey];
    const [segment, entry] = [...entries].find(([key, { id }]) => key === named || id === response.id) ?? [];
    if (segment === undefined || entry === undefined) return;
    if (response.usage != null) {
      entry.usage({ unit: 'input_tokens', amount: response.usage.input_tokens });
      entry.usage({ unit: 'output_tokens', amount: response.usage.output_tokens });
    }
    entry.inbox.put({ kind: 'done', response });
    entry.inbox.end();
    forget(segment);
  };

  const take = (message: string | Uint8Array): void => {
    const event = typeof message === 'string' ? read(message) : undefined;
    if (event?.type === 'response.created') {
      const { id, metadata } = event.response;
      const entry = entries.get(metadata?.[segmentKey] ?? '');
      if (entry === undefined) return;
      entry.id = id;
      if (entry.endWait !== undefined) post(responseCancel(id));
    } else if (event?.type === 'response.output_audio.delta') {
      hasSpoken = true;
      byId(event.response_id)?.inbox.put({ kind: 'audio', bytes: fromBase64(event.delta) });
    } else if (event?.type === 'response.output_audio_transcript.done') {
      byId(event.response_id)?.inbox.put({ kind: 'transcript', text: event.transcript });
    } else if (event?.type === 'response.done') settle(event.response);
    else if (event?.type === 'rate_limits.updated') limits.note(event.rate_limits);
    else if (event?.type === 'error') complain(event.error);
  };
  const read = forgiveOne(readEvent);

  const pump = async (): Promise<void> => {
    try {
      for await (const message of socket.messages()) {
        take(message);
        if (over !== undefined) return;
        if (isWanted()) continue;
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
      finish(lost());
    } catch (error) {
      finish(isTthError(error) ? error : lost());
    }
  };
  void pump();

  const configure = async (settings: SessionSettings): Promise<void> => {
    const changed = {
      ...(settings.voice !== current.voice && { voice: settings.voice }),
      ...(settings.speed !== current.speed && { speed: settings.speed }),
    };
    if (Object.keys(changed).length === 0) return;
    const isFirst = current.voice === undefined;
    current = settings;
    await socket.send(sessionUpdate(`session-${(count += 1)}`, changed, isFirst));
  };

  return {
    get isUsable() {
      return over === undefined && !closesWhenIdle && socket.isOpen;
    },
    openedAtMs,
    suits: ({ voice, speed }) =>
      current.voice === undefined ||
      ((current.voice === voice || (!hasSpoken && entries.size === 0)) &&
        (current.speed === speed || entries.size === 0)),
    respond: async (reading, settings, usage) => {
      if (over !== undefined) throw over;
      const segment = `s${(count += 1)}`;
      const entry: Entry = {
        inbox: createInbox<ResponseEvent>(resume),
        eventId: `response-${segment}`,
        usage,
        id: undefined,
        endWait: undefined,
      };
      entries.set(segment, entry);
      try {
        await configure(settings);
        await socket.send(responseCreate(entry.eventId, segment, reading));
      } catch (error) {
        forget(segment);
        throw over ?? error;
      }
      return { events: () => entry.inbox.items(), cancel: () => stop(segment, entry) };
    },
    close: (when) => {
      closesWhenIdle = true;
      if (when === 'now' || entries.size === 0) finish(lost());
    },
  };
};
