import type { SessionEvent } from '../domain/events.ts';

type Accepted = SessionEvent & { type: 'accepted' };

/** Answers of the last commands that are remembered. */
const remembered = 200;

/** How commands were answered, so that a repeated one has no effect. */
export class CommandAnswers {
  readonly #answers = new Map<string, Accepted>();

  to(clientMsgId: string): Accepted | undefined {
    return this.#answers.get(clientMsgId);
  }

  /** Remembers an answer to a command that has an id. */
  note(answer: Accepted): void {
    if (answer.clientMsgId === undefined) return;
    this.#answers.set(answer.clientMsgId, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > remembered && oldest !== undefined) this.#answers.delete(oldest);
  }
}
