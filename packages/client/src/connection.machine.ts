import { closeCodes, mayReconnect } from '@tth/protocol';
import { assign, setup } from 'xstate';
import { backoffDelayMs } from './backoff.ts';

/** `notBeforeMs`: how long the server asked to be left alone, with its last refusal. */
export interface ConnectionContext {
  readonly attempts: number;
  readonly hasSession: boolean;
  readonly notBeforeMs: number;
  readonly random: () => number;
}

/**
 * - `session_opened`: the server answered our hello.
 * - `lost`: the socket is gone, with its close code.
 * - `asked_to_wait`: a refusal that says when to come back.
 * - `woken`: the page was away, and what was known of the network may be wrong.
 */
export type ConnectionEvent =
  | { type: 'connect' }
  | { type: 'session_opened' }
  | { type: 'asked_to_wait'; retryAfterMs: number }
  | { type: 'woken' }
  | { type: 'lost'; code: number }
  | { type: 'close' };

/** Keeps one session connected: comes back after a loss with growing, random pauses, and starts afresh once when the session is gone. */
export const connectionMachine = setup({
  types: {
    input: {} as { random: () => number },
    context: {} as ConnectionContext,
    events: {} as ConnectionEvent,
  },
  actions: {
    dial: () => {},
    hangUp: () => {},
    ping: () => {},
    probe: () => {},
    forgetSession: () => {},
    countAttempt: assign({ attempts: ({ context }) => context.attempts + 1 }),
    forgetAttempts: assign({ attempts: 0 }),
    noteWait: assign({
      notBeforeMs: ({ event }) => (event.type === 'asked_to_wait' ? event.retryAfterMs : 0),
    }),
    forgetWait: assign({ notBeforeMs: 0 }),
    noteSession: assign({ hasSession: true }),
    noteNoSession: assign({ hasSession: false }),
  },
  guards: {
    sessionGone: ({ context, event }) =>
      event.type === 'lost' && event.code === closeCodes.sessionNotFound && context.hasSession,
    mayHurry: ({ context }) => context.notBeforeMs === 0,
    mayComeBack: ({ event }) => event.type === 'lost' && mayReconnect(event.code),
  },
  delays: {
    backoff: ({ context }) =>
      Math.max(context.notBeforeMs, backoffDelayMs(context.attempts - 1, context.random)),
    helloTimeout: 10_000,
    stable: 30_000,
    pingInterval: 20_000,
    probeTimeout: 4_000,
  },
}).createMachine({
  id: 'connection',
  context: ({ input }) => ({ attempts: 0, hasSession: false, notBeforeMs: 0, random: input.random }),
  initial: 'idle',
  on: { asked_to_wait: { actions: 'noteWait' } },
  states: {
    idle: { on: { connect: 'connecting', close: 'closed' } },
    connecting: {
      entry: 'dial',
      after: { helloTimeout: 'reconnecting' },
      on: {
        session_opened: 'open',
        lost: [{ guard: 'mayComeBack', target: 'reconnecting' }, { target: 'closed' }],
        close: 'closed',
      },
    },
    open: {
      entry: ['noteSession', 'forgetWait'],
      type: 'parallel',
      states: {
        trust: {
          initial: 'young',
          states: { young: { after: { stable: 'proven' } }, proven: { entry: 'forgetAttempts' } },
        },
        pulse: {
          initial: 'beating',
          states: {
            beating: {
              after: { pingInterval: { target: 'beating', reenter: true, actions: 'ping' } },
              on: { woken: 'probing' },
            },
            probing: {
              entry: 'probe',
              after: { probeTimeout: { target: 'beating', actions: 'ping' } },
            },
          },
        },
      },
      on: {
        lost: [
          { guard: 'sessionGone', target: 'reconnecting', actions: ['forgetSession', 'noteNoSession'] },
          { guard: 'mayComeBack', target: 'reconnecting' },
          { target: 'closed' },
        ],
        close: 'closed',
      },
    },
    reconnecting: {
      entry: ['hangUp', 'countAttempt'],
      initial: 'waiting',
      states: {
        waiting: { after: { backoff: 'dialing' }, on: { woken: { guard: 'mayHurry', target: 'dialing' } } },
        dialing: { entry: ['forgetWait', 'dial'], after: { helloTimeout: '#connection.reconnecting' } },
      },
      on: {
        session_opened: 'open',
        lost: [
          {
            guard: 'sessionGone',
            target: '.dialing',
            reenter: true,
            actions: ['forgetSession', 'noteNoSession'],
          },
          { guard: 'mayComeBack', target: 'reconnecting', reenter: true },
          { target: 'closed' },
        ],
        close: 'closed',
      },
    },
    closed: { entry: 'hangUp', on: { connect: 'connecting' } },
  },
});
