import type { AnyAdapter, InferContext, Stage } from '@tth/core/plugin';
import type { StartedAdapter } from '../start-adapter.ts';
import type { VendorHandle } from '../vendor-handle.ts';

/** One call of an adapter, with everything but its context given. */
export type Call<Item = unknown> = (context: InferContext) => AsyncIterable<Item>;

/** An adapter that was started to be put to the test. */
export interface Opened<Adapter extends AnyAdapter = AnyAdapter> {
  readonly started: StartedAdapter<Adapter>;
  /** Starts another one. Whoever asks closes it. */
  make(): Promise<StartedAdapter<Adapter>>;
  /** The simulated vendor behind it. */
  readonly vendor: VendorHandle | undefined;
  /** How long anything may take that must end by itself, in milliseconds. */
  readonly limitMs: number;
  /** How many calls are many, on a fast machine. */
  readonly manyCalls: number;
}

/** An adapter under test, and what the checks need to know of it. */
export interface Subject<Adapter extends AnyAdapter = AnyAdapter, Item = unknown> extends Opened<Adapter> {
  readonly stage: Stage;
  /** A call in which a user's words are these; `from`: a session of the adapter in place of the adapter. */
  say(words: string, from?: Pick<Adapter, 'inferStream'>): Call<Item>;
  /** Words that give several items, and words that give as few as can be. */
  readonly words: { readonly long: string; readonly short: string };
  /** The same words in one batch. */
  batch(words: string, context: InferContext): Promise<readonly Item[]>;
  /** What the items say, in a form that is equal only where they say the same. */
  contentOf(items: readonly Item[]): string;
  /** Throws where two answers to the same words differ by more than chance. */
  assertAlike(one: readonly Item[], other: readonly Item[]): void;
}

/** `must`: without it turns break, leak or tell secrets. `should`: without it they are worse than they could be. */
export type Severity = 'must' | 'should';

/** One promise of an adapter and how it is put to the test. */
export interface Check<S extends Subject = Subject> {
  /** `group.name`: for a plugin's list of skipped checks, and for the report. */
  readonly id: string;
  /** In the present tense, with the adapter as its subject. */
  readonly sentence: string;
  readonly severity: Severity;
  /** Asks for faults or counts at the vendor, so that a simulated one is needed. */
  readonly needsVendor?: boolean;
  /** Also asked of a real vendor: a call or two, of a few words. */
  readonly runsLive?: boolean;
  /** Why there is nothing to check here, such as a control that is not claimed. */
  notFor?(subject: S): string | undefined;
  /** Rejects, with a sentence for the plugin's author, where the promise is broken. */
  run(subject: S): Promise<void>;
}

export type Outcome = 'passed' | 'failed' | 'warned' | 'skipped';

export interface CheckResult {
  readonly id: string;
  readonly sentence: string;
  readonly severity: Severity;
  /** `warned`: a `should` that is broken. */
  readonly outcome: Outcome;
  /** Why it was skipped, or what was found. */
  readonly reason?: string;
}

/** Checks that a plugin cannot pass, each with the reason in words. */
export type Skips = Readonly<Record<string, string>>;

const reasonToSkip = <S extends Subject>(check: Check<S>, subject: S, skips: Skips): string | undefined => {
  if (skips[check.id] !== undefined) return skips[check.id];
  if (check.needsVendor && subject.vendor === undefined) return 'no simulated vendor was given';
  return check.notFor?.(subject);
};

/** What was found, without the secrets that an error of the adapter may have told. */
const findingOf = (error: unknown, secrets: ReadonlySet<string>): string => {
  const found = error instanceof Error ? error.message : String(error);
  return [...secrets].reduce((text, secret) => text.replaceAll(secret, '[secret]'), found);
};

/** Puts one promise to the test. Afterwards the vendor is well again. Never rejects. */
export const runCheck = async <S extends Subject>(
  check: Check<S>,
  subject: S,
  skips: Skips = {},
): Promise<CheckResult & { readonly error?: unknown }> => {
  const { id, sentence, severity } = check;
  const reason = reasonToSkip(check, subject, skips);
  if (reason !== undefined) return { id, sentence, severity, outcome: 'skipped', reason };
  try {
    await check.run(subject);
    return { id, sentence, severity, outcome: 'passed' };
  } catch (error) {
    const outcome = severity === 'must' ? 'failed' : 'warned';
    return { id, sentence, severity, outcome, reason: findingOf(error, subject.started.revealed), error };
  } finally {
    subject.vendor?.play();
  }
};

/** Why a plugin's list of skipped checks cannot be taken as it is. */
export const problemsOf = (skips: Skips, checks: readonly { readonly id: string }[]): string[] =>
  Object.entries(skips).flatMap(([id, reason]) => {
    if (!checks.some((check) => check.id === id)) return [`there is no check "${id}"`];
    return reason.trim().split(/\s+/).length < 2 ? [`"${id}" is skipped without a reason in words`] : [];
  });
