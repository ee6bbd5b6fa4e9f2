import type { SessionId, TurnId } from '../domain/ids.ts';
import type { Clock } from '../domain/time.ts';

/** What becomes of a user's text. `redact` goes on with another text. */
export type InputVerdict =
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'redact'; readonly text: string }
  | { readonly verdict: 'refuse' };

/** What a check is told beside the text. */
export interface InputCheckContext {
  /** Aborts when the turn is stopped or the check has taken too long. */
  readonly signal: AbortSignal;
  /** Wall time in milliseconds after which nobody waits any more. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly sessionId: SessionId;
  readonly turnId: TurnId;
  readonly personaId: string;
  /** BCP 47. */
  readonly locale: string;
}

/** A check of a user's text before a model sees it; after those that are built in. */
export interface InputCheck {
  /** Names the rail in refusals and logs. */
  readonly id: string;
  check(text: string, context: InputCheckContext): InputVerdict | Promise<InputVerdict>;
}
