import type { AnyAdapter, AvatarAdapter, LlmAdapter, PictureCodec, TtsAdapter } from '@tth/core/plugin';
import type { StartedAdapter } from '../start-adapter.ts';
import type { VendorHandle } from '../vendor-handle.ts';
import { avatarSubject } from './avatar-subject.ts';
import type { Check, Opened, Skips, Subject } from './check.ts';
import { avatarChecks, llmChecks, perCodecChecks, ttsChecks } from './checks.ts';
import { type LiveRun, reasonNotLive, secretsOf } from './live.ts';
import { type LlmConformanceOptions as LlmTraits, llmSubject } from './llm-subject.ts';
import { registerSkips, registerSuite } from './suite.ts';
import { ttsSubject } from './tts-subject.ts';

/** Starts the adapter under test. */
export type Make<Adapter extends AnyAdapter> = () => Promise<StartedAdapter<Adapter>>;

export interface ConformanceOptions<Adapter extends AnyAdapter> {
  /** The simulated vendor that the adapter calls. Without one, checks that ask for faults are skipped. */
  readonly vendor?: VendorHandle;
  /** Checks that cannot be passed, by id, each with the reason in words. */
  readonly skip?: Skips;
  /** With it, `TTH_LIVE=1` and the secrets in the environment also asks the real vendor a few things. */
  readonly live?: LiveRun<Adapter>;
}

export interface LlmConformanceOptions extends ConformanceOptions<LlmAdapter>, LlmTraits {}

const limitMs = 10_000;
const liveLimitMs = 30_000;
const manyCalls = 200;

/** The checks against the simulated vendor, and those against the real one. */
const register = <Adapter extends AnyAdapter, S extends Subject>(
  name: string,
  make: Make<Adapter>,
  { vendor, skip = {}, live }: ConformanceOptions<Adapter>,
  checks: readonly Check<S>[],
  stage: S['stage'],
  subjectOf: (opened: Opened<Adapter>) => S,
): void => {
  registerSuite({
    name,
    stage,
    mode: 'offline',
    checks,
    skips: skip,
    open: async () => subjectOf({ started: await make(), make, vendor, limitMs, manyCalls }),
  });
  if (live === undefined) return;
  const makeLive: Make<Adapter> = () => live.make(secretsOf(live.secrets, process.env));
  registerSuite({
    name: `${name}, live`,
    stage,
    mode: 'live',
    checks: checks.filter(({ runsLive }) => runsLive),
    skips: skip,
    notAtAll: reasonNotLive(live.secrets, process.env),
    open: async () =>
      subjectOf({
        started: await makeLive(),
        make: makeLive,
        vendor: undefined,
        limitMs: liveLimitMs,
        manyCalls,
      }),
  });
};

/** The promises of every model adapter. `make` starts the adapter under test; it is closed at the end. */
export const llmConformance = (
  name: string,
  make: Make<LlmAdapter>,
  options: LlmConformanceOptions = {},
): void => {
  registerSkips(name, options.skip ?? {}, llmChecks);
  register(name, make, options, llmChecks, 'llm', (opened) => llmSubject(opened, options));
};

/** The promises of every voice. `make` starts the adapter under test; it is closed at the end. */
export const ttsConformance = (
  name: string,
  make: Make<TtsAdapter>,
  options: ConformanceOptions<TtsAdapter> = {},
): void => {
  registerSkips(name, options.skip ?? {}, ttsChecks);
  register(name, make, options, ttsChecks, 'tts', ttsSubject);
};

/**
 * The promises of every face, for each of its `codecs`; what does not depend on the codec is asked with the first.
 * `make` starts the adapter under test; it is closed at the end.
 */
export const avatarConformance = (
  name: string,
  make: Make<AvatarAdapter>,
  codecs: readonly PictureCodec[],
  options: ConformanceOptions<AvatarAdapter> = {},
): void => {
  registerSkips(name, options.skip ?? {}, avatarChecks);
  for (const [at, codec] of codecs.entries()) {
    const { live: _, ...offline } = options;
    const isFirst = at === 0;
    register(
      `${name}, as ${codec}`,
      make,
      isFirst ? options : offline,
      isFirst ? avatarChecks : perCodecChecks,
      'avatar',
      (opened) => avatarSubject(opened, codec),
    );
  }
};
