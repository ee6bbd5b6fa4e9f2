import type { SessionCommand } from './session-command.ts';

/** Waits for nobody: neither for other sessions nor for room. */
const isUrgent = ({ type }: SessionCommand): boolean => type === 'interrupt' || type === 'close_session';

/** Two commands of which the later one says everything; `undefined` where both count. */
const merged = (waiting: SessionCommand, next: SessionCommand): SessionCommand | undefined => {
  if (waiting.type === 'credit' && next.type === 'credit') {
    return {
      type: 'credit',
      audioMs: waiting.audioMs + next.audioMs,
      videoMs: waiting.videoMs + next.videoMs,
    };
  }
  if (waiting.type === 'playback' && next.type === 'playback' && waiting.turnId === next.turnId) return next;
  return waiting.type === 'key_frame' && next.type === 'key_frame' ? next : undefined;
};

/** A command and the monotonic time at which it came. */
interface Waiting {
  readonly command: SessionCommand;
  readonly atMs: number;
}

/**
 * Commands of one session that have not taken effect yet, in order. It holds `capacity` of them; when it is full
 * one more is refused, save an urgent one and credit. Credit, playheads and key frame requests that follow each other are one.
 */
export class InboundQueue {
  readonly #capacity: number;
  #waiting: Waiting[] = [];
  #urgent = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Whether an urgent command is inside; those before it are as urgent as it is. */
  get hasUrgent(): boolean {
    return this.#urgent > 0;
  }

  /** False when there is no room: the command was not taken. */
  offer(command: SessionCommand, atMs: number): boolean {
    const last = this.#waiting.at(-1);
    const both = last && merged(last.command, command);
    if (both !== undefined) {
      this.#waiting[this.#waiting.length - 1] = { command: both, atMs };
      return true;
    }
    if (isUrgent(command)) this.#urgent += 1;
    else if (this.#waiting.length >= this.#capacity)
      return command.type === 'credit' && this.#addCredit(command, atMs);
    this.#waiting.push({ command, atMs });
    return true;
  }

  /** Room that was granted is never granted again: a full queue keeps it, beside one that waits or in one place more. */
  #addCredit(command: SessionCommand, atMs: number): true {
    const at = this.#waiting.findLastIndex(({ command: { type } }) => type === 'credit');
    const both = at < 0 ? undefined : merged(this.#waiting[at]!.command, command);
    if (both === undefined) this.#waiting.push({ command, atMs });
    else this.#waiting[at] = { command: both, atMs };
    return true;
  }

  take(): Waiting | undefined {
    const next = this.#waiting.shift();
    if (next !== undefined && isUrgent(next.command)) this.#urgent -= 1;
    return next;
  }
}
