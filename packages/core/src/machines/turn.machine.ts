import { assign, fromCallback, fromPromise, raise, setup } from 'xstate';
import type { Interruptible, StopReason, TurnKind } from '../domain/events.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { SessionId, TurnId } from '../domain/ids.ts';

/** Which stages a turn passes: `say` has no LLM, a managed avatar no TTS, an audio-only client no avatar. */
export interface TurnPlan {
  readonly llm: boolean;
  readonly tts: boolean;
  readonly avatar: boolean;
}

/** A turn as plain data. Its text lives in the runtime, keyed by `turnId`. */
export interface TurnStart {
  readonly sessionId: SessionId;
  readonly turnId: TurnId;
  readonly turn: number;
  readonly kind: TurnKind;
  readonly plan: TurnPlan;
  readonly interruptible: Interruptible;
  /** Wall time in milliseconds. */
  readonly deadlineAt: number;
}

/** What the media of a turn reports to its machine: milestones, never chunks. */
export type TurnMilestone =
  | { type: 'prepared' }
  | { type: 'first_sentence' }
  | { type: 'first_audio' }
  | { type: 'first_frame' }
  /** No picture will come; the turn goes on without. */
  | { type: 'picture_lost' }
  /** The playhead reached the end, or pacing says so. */
  | { type: 'end_turn' }
  | { type: 'provider_error'; code: ErrorCode; recoverable: boolean };

export type TurnEvent = TurnMilestone | { type: 'interrupt'; reason: StopReason } | { type: 'cancel_ack' };

export interface TurnReport {
  readonly outcome: 'completed' | 'stopped' | 'failed';
  /** False when the session cannot go on. */
  readonly recoverable: boolean;
}

export interface TurnContext extends TurnStart {
  readonly stopReason: StopReason | null;
  readonly failure: ErrorCode | null;
  readonly report: TurnReport;
}

/**
 * One turn from question to silence. Stages run concurrently in the `media` actor; the states mark how far
 * the turn has come. Exactly one of `announceCompleted`, `announceStopped`, `announceFailed` runs, once.
 */
export const turnMachine = setup({
  types: {
    input: {} as TurnStart,
    context: {} as TurnContext,
    events: {} as TurnEvent,
    output: {} as TurnReport,
    tags: {} as 'interruptible',
  },
  actors: {
    media: fromCallback<TurnEvent, TurnStart>(() => {
      throw new Error('the media slot is empty');
    }),
    /** The turn's budget; time spent waiting for the client does not count. */
    deadline: fromPromise<number, { at: number; sessionId: SessionId; turnId: TurnId }>(() =>
      Promise.reject(new Error('the deadline slot is empty')),
    ),
  },
  guards: {
    asksModel: ({ context }) => context.plan.llm,
    synthesizesSpeech: ({ context }) => context.plan.tts,
    showsFace: ({ context }) => context.plan.avatar,
  },
  actions: {
    rememberStop: assign((_, params: { reason: StopReason }) => ({
      stopReason: params.reason,
      report: { outcome: 'stopped' as const, recoverable: true },
    })),
    rememberFailure: assign((_, params: { code: ErrorCode; recoverable: boolean }) => ({
      failure: params.code,
      report: { outcome: 'failed' as const, recoverable: params.recoverable },
    })),
    cutMedia: (_: unknown, _params: TurnStart) => {},
    announceCompleted: (_: unknown, _params: TurnStart) => {},
    announceStopped: (_: unknown, _params: { start: TurnStart; reason: StopReason }) => {},
    announceFailed: (_: unknown, _params: { start: TurnStart; code: ErrorCode }) => {},
  },
}).createMachine({
  id: 'turn',
  context: ({ input }) => ({
    ...input,
    stopReason: null,
    failure: null,
    report: { outcome: 'completed', recoverable: true },
  }),
  initial: 'running',
  output: ({ context }) => context.report,
  states: {
    running: {
      tags: 'interruptible',
      initial: 'turnPreparing',
      invoke: [
        {
          src: 'media',
          id: 'media',
          input: ({ context }) => startOf(context),
          onError: {
            target: 'turnError',
            actions: {
              type: 'rememberFailure',
              params: { code: 'internal.unexpected', recoverable: true },
            },
          },
        },
        {
          src: 'deadline',
          id: 'deadline',
          input: ({ context }) => ({
            at: context.deadlineAt,
            sessionId: context.sessionId,
            turnId: context.turnId,
          }),
          onDone: {
            target: 'turnError',
            actions: { type: 'rememberFailure', params: { code: 'turn.deadline', recoverable: true } },
          },
        },
      ],
      on: {
        interrupt: {
          target: 'interrupted',
          actions: { type: 'rememberStop', params: ({ event }) => ({ reason: event.reason }) },
        },
        provider_error: {
          target: 'turnError',
          actions: {
            type: 'rememberFailure',
            params: ({ event }) => ({ code: event.code, recoverable: event.recoverable }),
          },
        },
        end_turn: 'turnCompleted',
      },
      states: {
        turnPreparing: {
          on: {
            prepared: [
              { guard: 'asksModel', target: 'llmRunning' },
              { guard: 'synthesizesSpeech', target: 'ttsRunning' },
              { target: 'avatarRunning' },
            ],
          },
        },
        llmRunning: {
          on: {
            first_sentence: [
              { guard: 'synthesizesSpeech', target: 'ttsRunning' },
              { target: 'avatarRunning' },
            ],
          },
        },
        ttsRunning: {
          on: {
            first_audio: [{ guard: 'showsFace', target: 'avatarRunning' }, { target: 'streamingOutput' }],
          },
        },
        avatarRunning: { on: { first_frame: 'streamingOutput', picture_lost: 'streamingOutput' } },
        streamingOutput: {},
      },
    },
    interrupted: {
      entry: [
        { type: 'cutMedia', params: ({ context }) => startOf(context) },
        {
          type: 'announceStopped',
          params: ({ context }) => ({ start: startOf(context), reason: context.stopReason ?? 'interrupt' }),
        },
        raise({ type: 'cancel_ack' }),
      ],
      on: { cancel_ack: 'turnStopped' },
    },
    turnStopped: { type: 'final' },
    turnCompleted: {
      type: 'final',
      entry: { type: 'announceCompleted', params: ({ context }) => startOf(context) },
    },
    turnError: {
      type: 'final',
      entry: [
        { type: 'cutMedia', params: ({ context }) => startOf(context) },
        {
          type: 'announceFailed',
          params: ({ context }) => ({
            start: startOf(context),
            code: context.failure ?? 'internal.unexpected',
          }),
        },
      ],
    },
  },
});

const startOf = (context: TurnContext): TurnStart => ({
  sessionId: context.sessionId,
  turnId: context.turnId,
  turn: context.turn,
  kind: context.kind,
  plan: context.plan,
  interruptible: context.interruptible,
  deadlineAt: context.deadlineAt,
});
