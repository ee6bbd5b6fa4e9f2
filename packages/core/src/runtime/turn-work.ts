import { type QosMonitor, createQosMonitor } from '../alignment/qos.ts';
import type { NormalControls } from '../control/normalize.ts';
import type { ControlPatch } from '../domain/controls.ts';
import type { TthError } from '../domain/errors.ts';
import type { WordTiming } from '../domain/media.ts';
import type { TurnStart } from '../machines/turn.machine.ts';
import { MetricsBuffer } from '../pipeline/metrics-buffer.ts';

/** Everything about a running turn that is not plain data. */
export interface TurnWork {
  readonly start: TurnStart;
  /** Changes once: when checks of plugins take something out before the model is asked. */
  text: string;
  readonly asked: NormalControls;
  /** The session's controls when the turn was accepted. */
  readonly accepted: ControlPatch;
  /** False while plugins have not let the text pass: nobody may keep it or be asked it. */
  isPassed: boolean;
  /** The persona for which the text was guarded. */
  readonly guardedFor: string;
  /** When its command came, and from its start on when that was. Monotonic. */
  startedMs: number;
  reply: string;
  sentences: number;
  /** The sentence that is no part of the reply. */
  filler: number | undefined;
  words: WordTiming[];
  sentUs: number;
  /** Where each sentence ends on the turn's clock, as far as it is spoken. */
  readonly sentenceEndsUs: number[];
  failure: TthError | undefined;
  readonly metrics: MetricsBuffer;
  /** How well it was seen and heard. */
  readonly qos: QosMonitor;
  /** How long the providers have been waiting for the client so far. */
  waitedMs(): number;
  stop(): void;
  /** Why it stops when its sentence is over, if it does. */
  softStop: 'interrupt' | 'replaced' | undefined;
  /** Takes back a stop that waits for the end of a sentence. */
  callOffStop(): void;
}

export const createTurnWork = (
  start: TurnStart,
  text: string,
  asked: NormalControls,
  receivedMs: number,
  { isPassed, guardedFor, accepted }: Pick<TurnWork, 'isPassed' | 'guardedFor' | 'accepted'>,
): TurnWork => ({
  start,
  text,
  asked,
  accepted,
  isPassed,
  guardedFor,
  startedMs: receivedMs,
  reply: '',
  sentences: 0,
  filler: undefined,
  words: [],
  sentUs: 0,
  sentenceEndsUs: [],
  failure: undefined,
  metrics: new MetricsBuffer(),
  qos: createQosMonitor(),
  waitedMs: () => 0,
  stop: () => {},
  softStop: undefined,
  callOffStop: () => {},
});
