import { EMPTY, Observable, catchError, of, throwError } from 'rxjs';
import type { Persona } from '../control/personas.ts';
import { stopped } from '../domain/cancellation.ts';
import type { ControlPatch } from '../domain/controls.ts';
import { isTthError, toTthError } from '../domain/errors.ts';
import type { TurnKind } from '../domain/events.ts';
import type { Policies } from '../domain/policies.ts';
import type { Clock } from '../domain/time.ts';
import { chooseFiller, withFiller } from '../pipeline/filler.ts';
import { guardInput, runInputChecks } from '../pipeline/guard.ts';
import { blockSecrets } from '../pipeline/guards/secrets.ts';
import { llmStage, verbatim } from '../pipeline/llm.stage.ts';
import { buildPrompt } from '../pipeline/prompt.ts';
import { type ReplyCache, withReplyCache } from '../pipeline/reply-cache.ts';
import type { ReplyPiece } from '../pipeline/style-hints.ts';
import { type ToolShelf, createToolbox } from '../pipeline/toolbox.ts';
import type { UsageRecord } from '../plugin/adapter.ts';
import type { InputCheck } from '../plugin/input-check.ts';
import type { Log } from '../plugin/services.ts';
import type { SessionHandle } from './session.ts';
import type { TurnProviders } from './turn-providers.ts';
import type { TurnWork } from './turn-work.ts';

/** What replies are made with, the same for all sessions. */
export interface ReplyDeps {
  readonly clock: Clock;
  readonly policies: Policies;
  readonly log: Log;
  readonly inputChecks: readonly InputCheck[];
  readonly tools: ToolShelf;
  readonly replies: ReplyCache;
}

/** A text as a persona may be asked it, or as it may be spoken. Throws `guard.input_rejected`. */
export const guardText = (text: string, kind: TurnKind, persona: Persona, policies: Policies): string =>
  guardInput(text, {
    maxLength: policies.maxTextLength,
    policy: policies.guard,
    forbiddenTopics: persona.forbiddenTopics ?? [],
    isForModel: kind === 'user_text',
  });

/**
 * Completes when the text may go to this persona and the plugins' checks have let it pass, and fails with
 * `guard.input_rejected` otherwise. Where there is nothing to check it completes at once.
 */
export const checkText = (
  session: SessionHandle,
  work: TurnWork,
  { clock, policies, log, inputChecks }: ReplyDeps,
  persona: Persona,
  locale: string,
): Observable<never> => {
  // Who answers may have changed while the turn waited.
  if (persona.id !== work.guardedFor) {
    try {
      guardText(work.text, work.start.kind, persona, policies);
    } catch (error) {
      work.isPassed = false;
      return throwError(() => error);
    }
  }
  if (work.isPassed) return EMPTY;
  return new Observable((subscriber) => {
    const abort = new AbortController();
    const startedMs = clock.monotonicMs();
    const context = {
      clock,
      sessionId: session.id,
      turnId: work.start.turnId,
      personaId: persona.id,
      locale,
    };
    const deps = { checks: inputChecks, policy: policies.guard, context, log };
    const note = (): void => work.metrics.add('guardMs', clock.monotonicMs() - startedMs);
    runInputChecks(work.text, deps, abort.signal).then(
      (text) => {
        if (subscriber.closed) return;
        note();
        work.text = text;
        work.isPassed = true;
        subscriber.complete();
      },
      (error: unknown) => {
        if (subscriber.closed) return;
        note();
        const rail = isTthError(error) ? error.details['rail'] : undefined;
        log.info({ turnId: context.turnId, rail }, 'a text was refused');
        subscriber.error(error);
      },
    );
    return () => abort.abort(stopped);
  });
};

export interface TurnReplyDeps extends ReplyDeps {
  readonly providers: TurnProviders;
  /** Who answers, and what is asked of it. */
  readonly persona: Persona;
  readonly asked: ControlPatch;
  /** What is left of the turn. */
  readonly remainingMs: () => number;
  readonly usage: (record: UsageRecord) => void;
}

/** The words of a turn: those to say, or a model's answer. Throws `provider.none_available`. */
export const createReply = (
  session: SessionHandle,
  work: TurnWork,
  { clock, policies, log, tools, replies, providers, remainingMs, usage, persona, asked }: TurnReplyDeps,
): Observable<ReplyPiece> => {
  if (work.start.kind === 'say') return verbatim(work.text);
  const { conversation } = session;
  const scope = [session.tenant, persona.id, providers.language, asked];
  const answer = llmStage({
    models: providers.models((model) =>
      policies.replyCache.maxReplies === 0 ? model : withReplyCache(model, replies, scope),
    ),
    prompt: (hints) =>
      buildPrompt({
        systemPrompt: persona.systemPrompt,
        history: conversation,
        question: work.text,
        hints,
        budgetTokens: policies.promptTokens,
        answerTokens: policies.maxOutputTokens,
      }),
    styleHints: policies.styleHints,
    toolbox: createToolbox({
      shelf: tools,
      policy: policies.tools,
      clock,
      log,
      deadline: clock.now() + remainingMs(),
    }),
    maxLength: policies.maxReplyLength,
    usage,
  });
  return answer.pipe(
    policies.guard.secrets ? blockSecrets() : (pieces) => pieces,
    catchError((error: unknown) => {
      if (work.reply === '') throw error;
      work.failure = toTthError(error, 'plugin.error', 'The model failed in the middle of its reply.');
      return of<ReplyPiece>({ type: 'cut' });
    }),
    withFiller({
      clock,
      text: chooseFiller(persona.fillers, persona.language, providers.language, work.start.turn),
      afterMs: policies.fillerAfterMs,
      remainingMs,
      minBudgetMs: policies.fillerMinBudgetMs,
    }),
  );
};
