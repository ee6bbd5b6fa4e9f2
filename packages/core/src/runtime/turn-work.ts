import type { ControlPatch } from '../domain/controls.ts';
import type { TthError } from '../domain/errors.ts';
import type { WordTiming } from '../domain/media.ts';
import type { Clock } from '../domain/time.ts';
import type { TurnStart } from '../machines/turn.machine.ts';

/** Everything about a running turn that is not plain data. */
export interface TurnWork {
  readonly start: TurnStart;
  /** Changes once: when checks of plugins take something out before the model is asked. */
  text: string;
  readonly asked: ControlPatch;
  /** When it was asked for, and from its start on when that was. Monotonic. */
  startedMs: number;
  reply: string;
  sentences: number;
  /** The sentence that is no part of the reply. */
  filler: number | undefined;
  words: WordTiming[];
  sentUs: number;
  failure: TthError | undefined;
  readonly marks: Record<string, number>;
  /** How long the providers have been waiting for the client so far. */
  waitedMs(): number;
  stop(): void;
}

export const createTurnWork = (
  start: TurnStart,
  text: string,
  asked: ControlPatch,
  clock: Clock,
): TurnWork => ({
  start,
  text,
  asked,
  startedMs: clock.monotonicMs(),
  reply: '',
  sentences: 0,
  filler: undefined,
  words: [],
  sentUs: 0,
  failure: undefined,
  marks: {},
  waitedMs: () => 0,
  stop: () => {},
});
