import { assign, fromPromise, sendTo, setup, stateIn } from 'xstate';
import type { StopReason } from '../domain/events.ts';
import type { SessionId } from '../domain/ids.ts';
import { type TurnStart, turnMachine } from './turn.machine.ts';

export type SessionMachineEvent =
  | { type: 'opened' }
  /** `waits`: starts after the running turn instead of in its place. */
  | { type: 'user_text'; start: TurnStart; waits?: boolean }
  | { type: 'say'; start: TurnStart; waits?: boolean }
  /** Of the turn that runs, of the one that waits, or by default of both. `reason`: of the one that runs. */
  | { type: 'interrupt'; of?: 'current' | 'next'; reason?: StopReason }
  | { type: 'close_session'; reason: string };

export interface SessionContext {
  readonly sessionId: SessionId;
  readonly current: TurnStart | null;
  /** Starts as soon as the running turn has ended. */
  readonly next: TurnStart | null;
  readonly closeReason: string;
}

/** One conversation. It runs at most one turn; a new text takes the place of the running one, or waits for its end. */
export const sessionMachine = setup({
  types: {
    input: {} as { sessionId: SessionId },
    context: {} as SessionContext,
    events: {} as SessionMachineEvent,
    tags: {} as 'busy',
  },
  actors: {
    turn: turnMachine,
    release: fromPromise<void, { sessionId: SessionId; reason: string }>(() =>
      Promise.reject(new Error('the release slot is empty')),
    ),
  },
  guards: {
    turnWaits: ({ context }) => context.next !== null,
    isUnrecoverable: (_, params: { recoverable: boolean }) => !params.recoverable,
    mayWait: (_, params: { waits: boolean | undefined }) => params.waits === true,
    isOf: (_, params: { turn: 'current' | 'next'; of: 'current' | 'next' | undefined }) =>
      params.of === params.turn,
    isClosing: stateIn({ inTurn: 'closing' }),
  },
  actions: {
    startTurn: assign((_, params: { start: TurnStart }) => ({ current: params.start, next: null })),
    startNextTurn: assign(({ context }) => ({ current: context.next, next: null })),
    keepForNext: assign((_, params: { start: TurnStart }) => ({ next: params.start })),
    forgetTurn: assign({ current: null, next: null }),
    forgetNext: assign({ next: null }),
    /** The turn that waited will not run: somebody still has to hear so. */
    announceSkipped: (_: unknown, _params: { start: TurnStart | null; reason: StopReason }) => {},
    rememberReason: assign((_, params: { reason: string }) => ({ closeReason: params.reason })),
    stopTurn: sendTo('turn', (_, params: { reason: StopReason }) => ({
      type: 'interrupt' as const,
      reason: params.reason,
    })),
    reportTurnCrash: (_: unknown, _params: { start: TurnStart | null; error: unknown }) => {},
  },
}).createMachine({
  id: 'session',
  context: ({ input }) => ({ sessionId: input.sessionId, current: null, next: null, closeReason: '' }),
  initial: 'sessionCreated',
  states: {
    sessionCreated: {
      on: {
        opened: 'idle',
        close_session: {
          target: 'sessionClosing',
          actions: { type: 'rememberReason', params: ({ event }) => ({ reason: event.reason }) },
        },
      },
    },
    idle: {
      on: {
        user_text: {
          target: 'inTurn',
          actions: { type: 'startTurn', params: ({ event }) => ({ start: event.start }) },
        },
        say: {
          target: 'inTurn',
          actions: { type: 'startTurn', params: ({ event }) => ({ start: event.start }) },
        },
        close_session: {
          target: 'sessionClosing',
          actions: { type: 'rememberReason', params: ({ event }) => ({ reason: event.reason }) },
        },
      },
    },
    inTurn: {
      tags: 'busy',
      initial: 'speaking',
      invoke: {
        src: 'turn',
        id: 'turn',
        input: ({ context }) => {
          if (context.current === null) throw new Error('a turn needs its start');
          return context.current;
        },
        onDone: [
          { guard: 'isClosing', target: 'sessionClosing', actions: 'forgetTurn' },
          {
            guard: {
              type: 'isUnrecoverable',
              params: ({ event }) => ({ recoverable: event.output.recoverable }),
            },
            target: 'sessionClosing',
            actions: ['forgetTurn', { type: 'rememberReason', params: { reason: 'unrecoverable' } }],
          },
          { guard: 'turnWaits', target: 'inTurn', reenter: true, actions: 'startNextTurn' },
          { target: 'idle', actions: 'forgetTurn' },
        ],
        onError: [
          {
            guard: 'turnWaits',
            target: 'inTurn',
            reenter: true,
            actions: [
              {
                type: 'reportTurnCrash',
                params: ({ context, event }) => ({ start: context.current, error: event.error }),
              },
              'startNextTurn',
            ],
          },
          {
            target: 'idle',
            actions: [
              {
                type: 'reportTurnCrash',
                params: ({ context, event }) => ({ start: context.current, error: event.error }),
              },
              'forgetTurn',
            ],
          },
        ],
      },
      states: {
        speaking: {
          on: {
            interrupt: [
              {
                guard: { type: 'isOf', params: ({ event }) => ({ turn: 'current', of: event.of }) },
                actions: {
                  type: 'stopTurn',
                  params: ({ event }) => ({ reason: event.reason ?? 'interrupt' }),
                },
              },
              {
                guard: { type: 'isOf', params: ({ event }) => ({ turn: 'next', of: event.of }) },
                actions: [
                  {
                    type: 'announceSkipped',
                    params: ({ context }) => ({ start: context.next, reason: 'interrupt' as const }),
                  },
                  'forgetNext',
                ],
              },
              {
                actions: [
                  {
                    type: 'announceSkipped',
                    params: ({ context }) => ({ start: context.next, reason: 'interrupt' as const }),
                  },
                  'forgetNext',
                  { type: 'stopTurn', params: { reason: 'interrupt' } },
                ],
              },
            ],
            user_text: [
              {
                guard: { type: 'mayWait', params: ({ event }) => ({ waits: event.waits }) },
                actions: { type: 'keepForNext', params: ({ event }) => ({ start: event.start }) },
              },
              {
                target: 'replacing',
                actions: [
                  { type: 'keepForNext', params: ({ event }) => ({ start: event.start }) },
                  { type: 'stopTurn', params: { reason: 'replaced' } },
                ],
              },
            ],
            say: [
              {
                guard: { type: 'mayWait', params: ({ event }) => ({ waits: event.waits }) },
                actions: { type: 'keepForNext', params: ({ event }) => ({ start: event.start }) },
              },
              {
                target: 'replacing',
                actions: [
                  { type: 'keepForNext', params: ({ event }) => ({ start: event.start }) },
                  { type: 'stopTurn', params: { reason: 'replaced' } },
                ],
              },
            ],
            close_session: {
              target: 'closing',
              actions: [
                { type: 'rememberReason', params: ({ event }) => ({ reason: event.reason }) },
                { type: 'stopTurn', params: { reason: 'session_closed' } },
              ],
            },
          },
        },
        replacing: {
          on: {
            interrupt: {
              actions: [
                {
                  type: 'announceSkipped',
                  params: ({ context }) => ({ start: context.next, reason: 'interrupt' as const }),
                },
                'forgetNext',
              ],
            },
            user_text: {
              actions: [
                {
                  type: 'announceSkipped',
                  params: ({ context }) => ({ start: context.next, reason: 'replaced' as const }),
                },
                { type: 'keepForNext', params: ({ event }) => ({ start: event.start }) },
              ],
            },
            say: {
              actions: [
                {
                  type: 'announceSkipped',
                  params: ({ context }) => ({ start: context.next, reason: 'replaced' as const }),
                },
                { type: 'keepForNext', params: ({ event }) => ({ start: event.start }) },
              ],
            },
            close_session: {
              target: 'closing',
              actions: { type: 'rememberReason', params: ({ event }) => ({ reason: event.reason }) },
            },
          },
        },
        closing: {},
      },
    },
    sessionClosing: {
      invoke: {
        src: 'release',
        id: 'release',
        input: ({ context }) => ({ sessionId: context.sessionId, reason: context.closeReason }),
        onDone: 'closed',
        onError: 'closed',
      },
    },
    closed: { type: 'final' },
  },
});
