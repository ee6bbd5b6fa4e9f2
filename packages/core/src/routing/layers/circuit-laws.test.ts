import { createVirtualClock } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TthError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/ids.ts';
import { type CircuitPolicy, defaultPolicies } from '../../domain/policies.ts';
import { type Circuit, createCircuit, refused, uncounted } from './circuit.ts';

const policy: CircuitPolicy = {
  ...defaultPolicies.circuit,
  windowMs: 1_000,
  cooldownJitter: 0,
  cooldownMs: 200,
  maxCooldownMs: 1_000,
  calmMs: 3_000,
  healthyMs: 100,
  throttleMs: 150,
  maxThrottleMs: 500,
  isolationMs: 700,
};
const probeMs = 300;
const bucketMs = policy.windowMs / policy.windowBuckets;

type Ending = 'ok' | 'fail' | 'reject' | 'cancel' | 'busy' | 'misconfigured';
type Command =
  | { do: 'begin' | 'release' | 'restore' | 'isolate' }
  | { do: 'answer'; call: number; slow: boolean }
  | { do: 'end'; call: number; how: Ending; slow: boolean }
  /** A whole call at once. */
  | { do: 'call'; how: Ending; slow: boolean }
  | { do: 'advance'; ms: number };

interface ModelCall {
  readonly period: number;
  counted: { failed: boolean; slow: boolean; bucket: number } | undefined;
  answered: boolean;
}

/** The same rules without tricks: a list of calls that is filtered again at every question. */
const createModel = (startMs: number) => {
  let now = startMs;
  let state: Circuit['state'] = 'closed';
  let until = Number.POSITIVE_INFINITY;
  let openings = 0;
  let goodProbes = 0;
  let row = 0;
  let period = 0;
  let probe: 'none' | 'silent' | 'answered' = 'none';
  let calls: NonNullable<ModelCall['counted']>[] = [];

  const bucketOf = (at: number): number => Math.floor((at - startMs) / bucketMs);
  const enter = (next: Circuit['state'], at = Number.POSITIVE_INFINITY): void => {
    if (next !== state || probe !== 'none') period += 1;
    if (next === 'closed' && state !== 'closed') [calls, row] = [[], 0];
    if (next !== 'halfOpen') goodProbes = 0;
    [state, until, probe] = [next, at, 'none'];
  };
  const open = (): void => {
    const cooldownMs = Math.min(policy.maxCooldownMs, policy.cooldownMs * 2 ** openings);
    openings += 1;
    enter('open', now + cooldownMs);
  };
  const close = (): void => enter('closed', now + policy.calmMs);
  const proveOnce = (): void => {
    goodProbes += 1;
    if (goodProbes >= policy.probesToClose) close();
    else enter('halfOpen');
  };
  let newest = 0;
  const recent = () => calls.filter(({ bucket }) => bucket > newest - policy.windowBuckets);
  const count = (call: ModelCall, failed: boolean, slow: boolean): void => {
    if (call.counted !== undefined) calls = calls.filter((each) => each !== call.counted);
    newest = bucketOf(now);
    call.counted = { failed, slow, bucket: newest };
    calls.push(call.counted);
  };
  const judge = (): void => {
    const all = recent();
    const bad = all.filter(({ failed }) => failed).length / all.length;
    const slow = all.filter((call) => call.slow).length / all.length;
    const isEnough = all.length >= policy.minCalls;
    if (
      row >= policy.failureThreshold ||
      (isEnough && (bad >= policy.failureRate || slow >= policy.slowRate))
    )
      open();
  };
  const expire = (): void => {
    if (state === 'closed') [openings, until] = [0, Number.POSITIVE_INFINITY];
    else if (state === 'open' || state === 'isolated') enter('halfOpen');
    else if (state === 'throttled') close();
    else if (probe === 'answered') proveOnce();
    else open();
  };

  return {
    begin: (): ModelCall | undefined => {
      if (state === 'halfOpen' && probe === 'none') {
        [probe, until] = ['silent', now + probeMs];
        period += 1;
      } else if (state !== 'closed') return undefined;
      return { period, counted: undefined, answered: false };
    },
    answer: (call: ModelCall, slow: boolean): void => {
      if (call.period !== period || call.answered) return;
      call.answered = true;
      if (state === 'halfOpen') [probe, until] = ['answered', now + policy.healthyMs];
      else {
        count(call, false, slow);
        if (slow) judge();
      }
    },
    end: (call: ModelCall, how: Ending, slow: boolean): void => {
      if (call.period !== period) return;
      if (how === 'busy') enter('throttled', now + policy.throttleMs);
      else if (how === 'misconfigured') enter('isolated', now + policy.isolationMs);
      else if (state === 'halfOpen') {
        if (how === 'fail') open();
        else if (call.answered) proveOnce();
        else enter('halfOpen');
      } else {
        if (how === 'fail') count(call, true, slow);
        else if (call.answered && call.counted?.slow !== slow) count(call, false, slow);
        if (how === 'fail') row += 1;
        else if (call.answered && how !== 'reject') row = 0;
        if (how === 'fail' || slow) judge();
        call.counted = undefined;
      }
    },
    isolate: () => enter('isolated'),
    release: () => {
      if (state === 'isolated') enter('halfOpen');
    },
    /** What a process knows that took over: everything but the calls. */
    restore: () => {
      [calls, row, newest] = [[], 0, 0];
      period += 1;
    },
    advance: (ms: number): void => {
      const end = now + ms;
      while (until <= end) {
        now = until;
        expire();
      }
      now = end;
    },
    seen: () => {
      const admits = state === 'closed' || (state === 'halfOpen' && probe === 'none');
      const all = recent();
      return {
        state,
        admits,
        opensInMs: admits ? 0 : until - now,
        openings,
        goodProbes,
        calls: all.length,
        failures: all.filter(({ failed }) => failed).length,
        slow: all.filter((call) => call.slow).length,
      };
    },
  };
};

const errors: Partial<Record<Ending, Error>> = {
  fail: new TthError('provider.timeout', 'as told'),
  reject: new TthError('provider.rejected', 'as told'),
  busy: new TthError('provider.rate_limited', 'as told'),
  misconfigured: new TthError('provider.misconfigured', 'as told'),
};

interface RealCall {
  readonly ticket: number;
  countedIn: number;
  wasSlow: boolean;
}

const createReal = () => {
  const clock = createVirtualClock();
  const create = (snapshot?: ReturnType<Circuit['actor']['getPersistedSnapshot']>): Circuit =>
    createCircuit({
      key: 'k',
      policy,
      clock,
      random: seededRandom(1),
      probeMs,
      ...(snapshot && { snapshot }),
    });
  let circuit = create();
  return {
    clock,
    begin: (): RealCall | undefined => {
      const ticket = circuit.enter();
      return ticket === refused ? undefined : { ticket, countedIn: uncounted, wasSlow: false };
    },
    answer: (call: RealCall, slow: boolean): void => {
      if (call.countedIn !== uncounted) return;
      call.wasSlow = slow;
      call.countedIn = circuit.answered(call.ticket, slow);
    },
    end: ({ ticket, countedIn, wasSlow }: RealCall, how: Ending, slow: boolean): void => {
      const outcome = how === 'ok' ? 'ended' : how === 'cancel' ? 'stopped' : 'failed';
      circuit.ended(ticket, outcome, errors[how], countedIn, wasSlow, slow);
    },
    isolate: () => circuit.isolate('test'),
    release: () => circuit.release(),
    restore: () => {
      const snapshot = circuit.actor.getPersistedSnapshot();
      circuit.stop();
      circuit = create(snapshot);
    },
    seen: () => {
      const { openedTimes, goodProbes } = circuit.actor.getSnapshot().context;
      const { calls, failures, slow } = circuit.window;
      return {
        state: circuit.state,
        admits: circuit.admits(),
        opensInMs: circuit.opensInMs(),
        openings: openedTimes,
        goodProbes,
        calls,
        failures,
        slow,
      };
    },
    stop: () => circuit.stop(),
  };
};

const ending = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Ending>('ok', 'fail') },
  { weight: 1, arbitrary: fc.constantFrom<Ending>('reject', 'cancel', 'busy', 'misconfigured') },
);
const whole = fc.record({ do: fc.constant('call' as const), how: ending, slow: fc.boolean() });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: whole },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('answer' as const), call: fc.nat(7), slow: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      call: fc.nat(7),
      how: ending,
      slow: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.oneof(fc.nat(120), fc.constantFrom(probeMs, policy.cooldownMs, 400, 800, policy.calmMs)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'restore' as const, 'isolate' as const) }),
  },
);

describe('circuit', () => {
  it('B14: does what a naive model of it does in some 10,000 random commands', async () => {
    const property = fc.asyncProperty(
      fc.array(command, { maxLength: 200, size: 'max' }),
      async (commands) => {
        const real = createReal();
        const model = createModel(real.clock.now());
        let open: { real: RealCall; model: ModelCall }[] = [];
        const begin = () => {
          const pair = { real: real.begin(), model: model.begin() };
          expect(pair.real === undefined).toBe(pair.model === undefined);
          return pair as { real: RealCall; model: ModelCall } | { real: undefined; model: undefined };
        };
        for (const step of commands) {
          if (step.do === 'advance') {
            await real.clock.advance(step.ms);
            model.advance(step.ms);
          } else if (step.do === 'begin') {
            const call = begin();
            if (call.real !== undefined) open.push(call);
          } else if (step.do === 'call') {
            const call = begin();
            if (call.real !== undefined) {
              if (step.how === 'ok') {
                real.answer(call.real, step.slow);
                model.answer(call.model, step.slow);
              }
              real.end(call.real, step.how, step.slow);
              model.end(call.model, step.how, step.slow);
            }
          } else if (step.do === 'answer' || step.do === 'end') {
            const call = open[step.call % Math.max(1, open.length)];
            if (call === undefined) continue;
            if (step.do === 'answer') {
              real.answer(call.real, step.slow);
              model.answer(call.model, step.slow);
            } else {
              open = open.filter((each) => each !== call);
              real.end(call.real, step.how, step.slow);
              model.end(call.model, step.how, step.slow);
            }
          } else {
            if (step.do === 'restore') open = [];
            real[step.do]();
            model[step.do]();
          }
          await real.clock.settle();
          expect(real.seen()).toEqual(model.seen());
        }
        real.stop();
      },
    );

    await fc.assert(property, { numRuns: 100 });
  });
});
