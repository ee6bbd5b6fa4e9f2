import type { NormalControls } from '../control/normalize.ts';
import type { TthError } from '../domain/errors.ts';
import type { WordTiming } from '../domain/media.ts';
import type { Clock } from '../domain/time.ts';
import type { TurnStart } from '../machines/turn.machine.ts';

/** Everything about a running turn that is not plain data. */
export interface TurnWork {
  readonly start: TurnStart;
  readonly text: string;
  readonly asked: NormalControls;
  /** When it was asked for, and from its start on when that was. Monotonic. */
  startedMs: number;
  reply: string;
  sentences: number;
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
  asked: NormalControls,
  clock: Clock,
): TurnWork => ({
  start,
  text,
  asked,
  startedMs: clock.monotonicMs(),
  reply: '',
  sentences: 0,
  words: [],
  sentUs: 0,
  failure: undefined,
  marks: {},
  waitedMs: () => 0,
  stop: () => {},
});
