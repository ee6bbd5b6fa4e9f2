import { fromCallback, fromPromise } from 'xstate';
import { TthError } from '../domain/errors.ts';
import type { SessionId, TurnId } from '../domain/ids.ts';
import { pause } from '../domain/time.ts';
import { sessionMachine } from '../machines/session.machine.ts';
import { type TurnEvent, type TurnStart, turnMachine } from '../machines/turn.machine.ts';
import type { SessionHandle } from './session.ts';
import { type TurnMediaDeps, startTurnMedia } from './turn-media.ts';
import type { TurnWork } from './turn-work.ts';

const failures = {
  'turn.deadline': 'The turn took too long and was ended; ask again.',
} as const satisfies Record<string, string>;

/** Fills the slots of the session and turn machines, once for all sessions. */
export const wireMachines = (
  sessionOf: (id: SessionId) => SessionHandle | undefined,
  deps: TurnMediaDeps,
): typeof sessionMachine => {
  const { clock, log } = deps;

  const withWork = (start: TurnStart, use: (session: SessionHandle, work: TurnWork) => void): void => {
    const session = sessionOf(start.sessionId);
    const work = session?.work.get(start.turnId);
    if (session !== undefined && work !== undefined) use(session, work);
  };
  const waitedMs = (sessionId: SessionId, turnId: TurnId): number =>
    sessionOf(sessionId)?.work.get(turnId)?.waitedMs() ?? 0;

  const turnOf = turnMachine.provide({
    actors: {
      media: fromCallback<TurnEvent, TurnStart>(({ input, sendBack }) => {
        withWork(input, (session, work) => startTurnMedia(session, work, deps, sendBack));
        return () => withWork(input, (_session, work) => work.stop());
      }),
      deadline: fromPromise<number, { at: number; sessionId: SessionId; turnId: TurnId }>(
        async ({ input, signal }) => {
          for (;;) {
            const dueAt = input.at + waitedMs(input.sessionId, input.turnId);
            if (signal.aborted || clock.now() >= dueAt) return clock.now();
            await pause(clock, dueAt - clock.now(), signal);
          }
        },
      ),
    },
    actions: {
      cutMedia: (_, start) => withWork(start, (session, work) => session.cut(work)),
      announceCompleted: (_, start) => withWork(start, (session, work) => session.completed(work)),
      announceStopped: (_, { start, reason }) =>
        withWork(start, (session, work) => session.stopped(work, reason)),
      announceFailed: (_, { start, code }) =>
        withWork(start, (session, work) => {
          const message =
            code in failures ? failures[code as keyof typeof failures] : 'The turn could not be finished.';
          session.failed(work, new TthError(code, message));
        }),
    },
  });

  return sessionMachine.provide({
    actors: {
      turn: turnOf,
      release: fromPromise<void, { sessionId: SessionId; reason: string }>(async ({ input }) => {
        sessionOf(input.sessionId)?.finish(input.reason);
      }),
    },
    actions: {
      announceSkipped: (_, { start, reason }) => {
        if (start !== null) withWork(start, (session, work) => session.stopped(work, reason));
      },
      reportTurnCrash: (_, { start, error }) => {
        log.error({ error }, 'a turn machine failed');
        if (start === null) return;
        withWork(start, (session, work) => {
          session.cut(work);
          session.failed(work, new TthError('internal.unexpected', 'The turn could not be finished.'));
        });
      },
    },
  });
};
