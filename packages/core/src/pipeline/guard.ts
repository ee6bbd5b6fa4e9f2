import { stopped } from '../domain/cancellation.ts';
import { TthError, isTthError } from '../domain/errors.ts';
import type { GuardPolicy } from '../domain/policies.ts';
import { pause } from '../domain/time.ts';
import type { InputCheck, InputCheckContext, InputVerdict } from '../plugin/input-check.ts';
import type { Log } from '../plugin/services.ts';
import { blockedTopicsRail } from './guards/blocked-topics.ts';
import { injectionRail } from './guards/injection.ts';
import { invisibleRail } from './guards/invisible.ts';
import { lengthRail } from './guards/length.ts';
import { personalDataRail } from './guards/personal-data.ts';
import type { Rail } from './guards/rail.ts';

/** What a refusal says. It names the rail and never what was found. */
const advice: Readonly<Record<string, string>> = {
  length: 'The text is too long; send it in several turns.',
  invisible: 'The text is empty; send at least one visible character.',
  blocked_topics: 'This character does not talk about that; ask something else.',
  injection: 'The text reads like orders to the model; say it in other words.',
};

const refusal = (rail: string, details: Readonly<Record<string, unknown>> = {}): TthError =>
  new TthError('guard.input_rejected', advice[rail] ?? 'The text was not accepted; say it in other words.', {
    details: { rail, ...details },
  });

export interface GuardOptions {
  readonly maxLength: number;
  readonly policy: GuardPolicy;
  readonly forbiddenTopics: readonly string[];
  /** Whether a model will read the text; words that are only spoken pass what concerns their form alone. */
  readonly isForModel: boolean;
}

/** The built-in checks in order. Those of content are switched by policy. */
const railsOf = ({ maxLength, policy, forbiddenTopics, isForModel }: GuardOptions): Rail[] => [
  lengthRail(maxLength),
  invisibleRail,
  ...(isForModel && policy.injection ? [injectionRail(policy.injectionScore)] : []),
  ...(isForModel && policy.blockedTopics ? [blockedTopicsRail(forbiddenTopics)] : []),
  ...(isForModel && policy.personalData ? [personalDataRail] : []),
];

/**
 * Checks a user's text before anything is done with it and returns it as it may be used and kept: in normal
 * form, without invisible characters and personal data. Throws `guard.input_rejected` with the rail that
 * refused it. Tags of feelings in it are words like any other: hints are read from model output alone.
 */
export const guardInput = (text: string, options: GuardOptions): string => {
  let passed = text;
  for (const rail of railsOf(options)) {
    const verdict = rail.inspect(passed);
    if (verdict.verdict === 'refuse') {
      throw refusal(rail.id, rail.id === 'length' ? { maxLength: options.maxLength } : {});
    }
    if (verdict.verdict === 'redact') passed = verdict.text;
  }
  return passed;
};

export interface InputCheckDeps {
  readonly checks: readonly InputCheck[];
  readonly policy: GuardPolicy;
  readonly context: Omit<InputCheckContext, 'signal' | 'deadline'>;
  readonly log: Log;
}

const isVerdict = (value: unknown): value is InputVerdict => {
  if (typeof value !== 'object' || value === null || !('verdict' in value)) return false;
  if (value.verdict === 'redact') return 'text' in value && typeof value.text === 'string';
  return value.verdict === 'allow' || value.verdict === 'refuse';
};

/** What one check says in time; `undefined` when it fails, is late or says nothing that makes sense. */
const ask = async (
  check: InputCheck,
  text: string,
  { policy, context, log }: InputCheckDeps,
  signal: AbortSignal,
): Promise<InputVerdict | undefined> => {
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  const { clock, turnId } = context;
  const report = (reason: string): void => {
    if (signal.aborted) return;
    const fields = { turnId, rail: check.id, reason, becomes: policy.onCheckFailure };
    log.warn(fields, 'a check of the input failed');
  };
  try {
    const answer: unknown = await Promise.race([
      (async () =>
        check.check(text, { ...context, signal: either, deadline: clock.now() + policy.checkMs }))(),
      pause(clock, policy.checkMs, either),
    ]);
    if (isVerdict(answer)) return answer;
    report(answer === undefined ? 'late' : 'no verdict');
  } catch (error) {
    report(isTthError(error) ? error.code : 'error');
  } finally {
    ending.abort(stopped);
  }
  return undefined;
};

/**
 * Has plugins check a text, one after the other, and returns it as it may go to the model. Throws
 * `guard.input_rejected`; a check that fails or is late refuses or allows, as the policy says, and is logged.
 * Once `signal` aborts nobody is asked any more.
 */
export const runInputChecks = async (
  text: string,
  deps: InputCheckDeps,
  signal: AbortSignal,
): Promise<string> => {
  let passed = text;
  for (const check of deps.checks) {
    if (signal.aborted) break;
    const verdict = (await ask(check, passed, deps, signal)) ?? {
      verdict: deps.policy.onCheckFailure,
    };
    if (verdict.verdict === 'refuse') throw refusal(check.id);
    if (verdict.verdict === 'redact') passed = verdict.text;
  }
  return passed;
};
