import {
  type InferContext,
  type SessionId,
  type TurnId,
  type UsageRecord,
  silentLog,
  systemClock,
} from '@tth/core/plugin';

/** A call's context for tests of a single adapter, with what the call has reported to it. */
export interface TestContext extends InferContext {
  readonly usageRecords: readonly UsageRecord[];
}

/** A complete `InferContext`; `given` replaces parts of it. */
export const createInferContext = (given: Partial<InferContext> = {}): TestContext => {
  const clock = given.clock ?? systemClock;
  const usageRecords: UsageRecord[] = [];
  return {
    signal: new AbortController().signal,
    deadline: clock.now() + 60_000,
    sessionId: 's_test' as SessionId,
    turnId: 't_test' as TurnId,
    epoch: 1,
    attempt: 0,
    locale: 'en-US',
    clock,
    log: silentLog,
    usage: (record) => {
      usageRecords.push(record);
    },
    ...given,
    usageRecords,
  };
};
