import type { Heard } from '../domain/events.ts';
import type { SessionId } from '../domain/ids.ts';
import type { Clock } from '../domain/time.ts';
import { redactPersonalData } from '../pipeline/guards/personal-data.ts';
import type { ConversationTurn, Log, SessionStore } from '../plugin/services.ts';
import type { TurnWork } from './turn-work.ts';

export interface ConversationDeps {
  readonly clock: Clock;
  readonly store: SessionStore;
  readonly log: Log;
  /** Turns that are remembered; the oldest go first. */
  readonly maxTurns: number;
  /** Personal data in words that were to be said is not kept. */
  readonly redacts: boolean;
}

/** What was said in a session, as the next prompt needs it, and its record in the store. */
export class Conversation {
  readonly turns: ConversationTurn[] = [];
  readonly #sessionId: SessionId;
  readonly #createdAt: number;
  readonly #deps: ConversationDeps;
  #stored: Promise<void> = Promise.resolve();

  constructor(sessionId: SessionId, createdAt: number, deps: ConversationDeps) {
    this.#sessionId = sessionId;
    this.#createdAt = createdAt;
    this.#deps = deps;
  }

  /** Remembers a turn that has ended: what was asked, and what of the reply was heard. */
  add(work: TurnWork, outcome: ConversationTurn['outcome'], heard: Heard): void {
    const { clock, maxTurns, redacts } = this.#deps;
    const isSaid = work.start.kind === 'say';
    // Words to say were not redacted, because they are spoken; what is kept of them reaches a model later.
    const kept = (text: string): string => (isSaid && redacts ? redactPersonalData(text) : text);
    this.turns.push({
      turnId: work.start.turnId,
      user: isSaid || !work.isPassed ? undefined : work.text,
      reply: kept(work.reply),
      heard: kept(heard.heardText),
      heardSource: heard.heardSource,
      outcome,
    });
    if (this.turns.length > maxTurns) this.turns.shift();
    const record = {
      sessionId: this.#sessionId,
      createdAt: this.#createdAt,
      updatedAt: clock.now(),
      state: 'idle',
      turns: [...this.turns],
    };
    this.#ask((store) => store.save(record));
  }

  /** Takes the record out of the store. */
  forget(): void {
    this.#ask((store) => store.delete(this.#sessionId));
  }

  /** What is asked of the store is done in order, and a store that fails hurts nobody. */
  #ask(task: (store: SessionStore) => Promise<void>): void {
    const { store, log } = this.#deps;
    this.#stored = this.#stored
      .then(() => task(store))
      .catch((error: unknown) => {
        log.warn({ sessionId: this.#sessionId, error }, 'the session store failed');
      });
  }
}
