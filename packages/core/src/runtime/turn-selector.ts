import type { Interruptible } from '../domain/events.ts';
import type { Policies } from '../domain/policies.ts';

/** What a new text finds. */
export interface Floor {
  readonly policy: Policies['onUserText'];
  /** Whether the running turn may be ended by others; `undefined` where none runs. */
  readonly running: Interruptible | undefined;
  /** Another turn waits already. */
  readonly hasNext: boolean;
}

/**
 * What becomes of a new text: its turn starts, takes the place of the running one, waits for that one's end or for
 * the end of its sentence, or is refused.
 */
export type TurnChoice =
  | 'start'
  | 'replace'
  | 'wait'
  | 'wait_for_sentence'
  | 'refuse_running'
  | 'refuse_waiting';

/** A turn that may not be interrupted makes a text wait under every policy that does not refuse it. */
export const selectTurn = ({ policy, running, hasNext }: Floor): TurnChoice => {
  if (running === undefined) return 'start';
  if (policy === 'reject') return 'refuse_running';
  if (policy === 'interrupt' && running === 'yes') return 'replace';
  if (hasNext) return 'refuse_waiting';
  return policy === 'interrupt' && running === 'after_sentence' ? 'wait_for_sentence' : 'wait';
};
