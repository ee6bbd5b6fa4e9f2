import { assign, setup } from 'xstate';
import type { CircuitPolicy } from '../domain/policies.ts';
import { deadlineSlot } from './deadline.ts';

export type CircuitEvent =
  | { type: 'tripped'; at: number }
  | { type: 'probe_started'; at: number }
  | { type: 'probe_succeeded' }
  /** The probe was given up before it showed anything. */
  | { type: 'probe_returned' }
  | { type: 'probe_failed'; at: number };

/**
 * Decides whether a provider may be called. Calls are counted by a plain window beside it; only its
 * verdicts arrive here. Times are wall milliseconds. Read it by tag: `admits_calls`, `admits_probes`.
 */
export const circuitMachine = setup({
  types: {
    input: {} as { key: string; policy: CircuitPolicy },
    context: {} as { key: string; policy: CircuitPolicy; openedTimes: number; until: number },
    events: {} as CircuitEvent,
    tags: {} as 'admits_calls' | 'admits_probes',
  },
  actors: { deadline: deadlineSlot },
  actions: {
    setReopenTime: assign(({ context: { policy, openedTimes } }, params: { at: number }) => ({
      openedTimes: openedTimes + 1,
      until: params.at + Math.min(policy.maxCooldownMs, policy.cooldownMs * 2 ** openedTimes),
    })),
    setProbeDeadline: assign(({ context }, params: { at: number }) => ({
      until: params.at + context.policy.probeTimeoutMs,
    })),
    forgetOpenings: assign({ openedTimes: 0, until: 0 }),
  },
}).createMachine({
  id: 'circuit',
  context: ({ input }) => ({ ...input, openedTimes: 0, until: 0 }),
  initial: 'closed',
  states: {
    closed: {
      tags: 'admits_calls',
      on: {
        tripped: {
          target: 'open',
          actions: { type: 'setReopenTime', params: ({ event }) => ({ at: event.at }) },
        },
      },
    },
    open: {
      invoke: {
        src: 'deadline',
        id: 'cooldown',
        input: ({ context }) => ({ at: context.until }),
        onDone: 'halfOpen',
      },
    },
    halfOpen: {
      initial: 'waiting',
      states: {
        waiting: {
          tags: 'admits_probes',
          on: {
            probe_started: {
              target: 'probing',
              actions: { type: 'setProbeDeadline', params: ({ event }) => ({ at: event.at }) },
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
              actions: { type: 'setReopenTime', params: ({ event }) => ({ at: event.output }) },
            },
          },
          on: {
            probe_succeeded: { target: '#circuit.closed', actions: 'forgetOpenings' },
            probe_failed: {
              target: '#circuit.open',
              actions: { type: 'setReopenTime', params: ({ event }) => ({ at: event.at }) },
            },
            probe_returned: 'waiting',
          },
        },
      },
    },
  },
});
