import type { LoggedEvent, SessionEvent } from '../domain/events.ts';
import type { LogId } from '../domain/ids.ts';
import type { Clock } from '../domain/time.ts';

/** A session's control events, numbered, with the most recent ones kept for a client that comes back. */
export class EventHistory {
  readonly logId: LogId;
  readonly #clock: Clock;
  readonly #limit: number;
  #kept: LoggedEvent[] = [];
  #seq = 0;

  constructor(logId: LogId, clock: Clock, limit: number) {
    this.logId = logId;
    this.#clock = clock;
    this.#limit = limit;
  }

  get lastSeq(): number {
    return this.#seq;
  }

  append(event: SessionEvent): LoggedEvent {
    this.#seq += 1;
    const logged = { ...event, seq: this.#seq, ts: this.#clock.now() };
    this.#kept.push(logged);
    if (this.#kept.length > this.#limit * 2) this.#kept = this.#kept.slice(-this.#limit);
    return logged;
  }

  /** Everything after `seq`, or `undefined` when that is not completely here. */
  after(logId: string, seq: number): readonly LoggedEvent[] | undefined {
    if (logId !== this.logId || seq > this.#seq) return undefined;
    const first = this.#kept[0]?.seq ?? this.#seq + 1;
    if (seq + 1 < first) return undefined;
    return this.#kept.filter((event) => event.seq > seq);
  }
}
