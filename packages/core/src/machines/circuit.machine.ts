import { assign, setup } from 'xstate';
import { seededRandom } from '../domain/ids.ts';
import type { CircuitPolicy } from '../domain/policies.ts';
import { deadlineSlot } from './deadline.ts';

/** Why a circuit opened. */
export type TripReason = 'failures_in_a_row' | 'failure_rate' | 'slow_rate';

export type CircuitEvent =
  | { type: 'tripped'; at: number; reason: TripReason }
  /** The provider said when it can be called again. */
  | { type: 'throttle'; at: number; until: number }
  /** The provider must not be called. `forGood`: until `release`; otherwise for the policy's `isolationMs`. */
  | { type: 'isolate'; at: number; reason: string; forGood: boolean }
  | { type: 'release' }
  | { type: 'probe_started'; at: number }
  /** The probe's first useful item came in time. */
  | { type: 'probe_answered'; at: number }
  | { type: 'probe_succeeded'; at: number }
  /** The probe was given up before it showed anything. */
  | { type: 'probe_returned' }
  | { type: 'probe_failed'; at: number };

interface CircuitContext {
  readonly key: string;
  readonly policy: CircuitPolicy;
  /** How long a probe may be without an answer. */
  readonly probeMs: number;
  /** Where the jitter of cooldowns is drawn from. */
  readonly seed: number;
  /** Openings since the circuit was last closed for long. */
  readonly openedTimes: number;
  readonly goodProbes: number;
  /** When the present state ends by itself; 0 where it does not. */
  readonly until: number;
  /** Why the provider rests or last rested. */
  readonly reason: string | null;
}

const cooldownOf = ({ policy, openedTimes, seed }: CircuitContext): number => {
  const cooldownMs = Math.min(policy.maxCooldownMs, policy.cooldownMs * 2 ** openedTimes);
  const spread = (seededRandom(seed + openedTimes).next() * 2 - 1) * policy.cooldownJitter;
  return Math.round(cooldownMs * (1 + spread));
};

/**
 * Decides whether a provider may be called. Calls are counted by a plain window beside it; only its
 * verdicts arrive here. Times are wall milliseconds. Read it by tag: `admits_calls`, `admits_probes`.
 */
export const circuitMachine = setup({
  types: {
    input: {} as Pick<CircuitContext, 'key' | 'policy' | 'probeMs' | 'seed'>,
    context: {} as CircuitContext,
    events: {} as CircuitEvent,
    tags: {} as 'admits_calls' | 'admits_probes',
  },
  actors: { deadline: deadlineSlot },
  guards: {
    isProven: ({ context }) => context.goodProbes + 1 >= context.policy.probesToClose,
    isForGood: (_, params: { forGood: boolean }) => params.forGood,
  },
  actions: {
    setReopenTime: assign(({ context }, params: { at: number; reason: string }) => ({
      openedTimes: context.openedTimes + 1,
      goodProbes: 0,
      until: params.at + cooldownOf(context),
      reason: params.reason,
    })),
    setThrottleEnd: assign((_, params: { until: number }) => ({
      goodProbes: 0,
      until: params.until,
      reason: 'rate_limited',
    })),
    setIsolation: assign(({ context }, params: { at: number; reason: string; forGood: boolean }) => ({
      goodProbes: 0,
      until: params.forGood ? 0 : params.at + context.policy.isolationMs,
      reason: params.reason,
    })),
    setProbeDeadline: assign(({ context }, params: { at: number }) => ({
      until: params.at + context.probeMs,
    })),
    setHealthyTime: assign(({ context }, params: { at: number }) => ({
      until: params.at + context.policy.healthyMs,
    })),
    countGoodProbe: assign(({ context }) => ({ goodProbes: context.goodProbes + 1, until: 0 })),
    setCalmTime: assign(({ context }, params: { at: number }) => ({
      goodProbes: 0,
      until: params.at + context.policy.calmMs,
    })),
    forgetOpenings: assign({ openedTimes: 0, until: 0, reason: null }),
    clearTime: assign({ until: 0 }),
  },
}).createMachine({
  id: 'circuit',
  context: ({ input }) => ({ ...input, openedTimes: 0, goodProbes: 0, until: 0, reason: null }),
  initial: 'closed',
  on: {
    isolate: [
      {
        guard: { type: 'isForGood', params: ({ event }) => event },
        target: '.isolated.untilReleased',
        actions: { type: 'setIsolation', params: ({ event }) => event },
      },
      {
        target: '.isolated.forNow',
        actions: { type: 'setIsolation', params: ({ event }) => event },
      },
    ],
  },
  states: {
    closed: {
      tags: 'admits_calls',
      initial: 'steady',
      on: {
        tripped: { target: 'open', actions: { type: 'setReopenTime', params: ({ event }) => event } },
        throttle: { target: 'throttled', actions: { type: 'setThrottleEnd', params: ({ event }) => event } },
      },
      states: {
        steady: {},
        /** It was open lately: the next cooldown would be longer. */
        wary: {
          invoke: {
            src: 'deadline',
            id: 'calm',
            input: ({ context }) => ({ at: context.until }),
            onDone: { target: 'steady', actions: 'forgetOpenings' },
          },
        },
      },
    },
    open: {
      invoke: {
        src: 'deadline',
        id: 'cooldown',
        input: ({ context }) => ({ at: context.until }),
        onDone: { target: 'halfOpen', actions: 'clearTime' },
      },
    },
    /** A provider that says when to come back is alive: it need not prove itself afterwards. */
    throttled: {
      invoke: {
        src: 'deadline',
        id: 'throttle',
        input: ({ context }) => ({ at: context.until }),
        onDone: {
          target: 'closed.wary',
          actions: { type: 'setCalmTime', params: ({ event }) => ({ at: event.output }) },
        },
      },
    },
    isolated: {
      on: { release: { target: 'halfOpen', actions: 'clearTime' } },
      initial: 'forNow',
      states: {
        forNow: {
          invoke: {
            src: 'deadline',
            id: 'isolation',
            input: ({ context }) => ({ at: context.until }),
            onDone: { target: '#circuit.halfOpen', actions: 'clearTime' },
          },
        },
        untilReleased: {},
      },
    },
    halfOpen: {
      initial: 'waiting',
      on: {
        throttle: { target: 'throttled', actions: { type: 'setThrottleEnd', params: ({ event }) => event } },
        probe_failed: {
          target: 'open',
          actions: {
            type: 'setReopenTime',
            params: ({ event }) => ({ at: event.at, reason: 'probe_failed' }),
          },
        },
        probe_succeeded: [
          {
            guard: 'isProven',
            target: 'closed.wary',
            actions: { type: 'setCalmTime', params: ({ event }) => event },
          },
          { target: '.waiting', actions: 'countGoodProbe' },
        ],
        probe_returned: { target: '.waiting', actions: 'clearTime' },
      },
      states: {
        waiting: {
          tags: 'admits_probes',
          on: {
            probe_started: {
              target: 'probing',
              actions: { type: 'setProbeDeadline', params: ({ event }) => event },
            },
          },
        },
        probing: {
          invoke: {
            src: 'deadline',
            id: 'probe',
            input: ({ context }) => ({ at: context.until }),
            onDone: {
              target: '#circuit.open',
              actions: {
                type: 'setReopenTime',
                params: ({ event }) => ({ at: event.output, reason: 'probe_failed' }),
              },
            },
          },
          on: {
            probe_answered: {
              target: 'answered',
              actions: { type: 'setHealthyTime', params: ({ event }) => event },
            },
          },
        },
        answered: {
          invoke: {
            src: 'deadline',
            id: 'healthy',
            input: ({ context }) => ({ at: context.until }),
            onDone: [
              {
                guard: 'isProven',
                target: '#circuit.closed.wary',
                actions: { type: 'setCalmTime', params: ({ event }) => ({ at: event.output }) },
              },
              { target: 'waiting', actions: 'countGoodProbe' },
            ],
          },
        },
      },
    },
  },
});
