import type { Actor } from 'xstate';
import { normalizeControls } from '../control/normalize.ts';
import { TthError, isTthError } from '../domain/errors.ts';
import type { SessionEvent } from '../domain/events.ts';
import type { Ids, SessionId, TurnId } from '../domain/ids.ts';
import type { Policies } from '../domain/policies.ts';
import type { Clock } from '../domain/time.ts';
import type { sessionMachine } from '../machines/session.machine.ts';
import type { TurnStart } from '../machines/turn.machine.ts';
import type { Playout } from '../pipeline/playout.ts';
import type { Log } from '../plugin/services.ts';
import type { Router } from '../routing/router.ts';
import { CommandAnswers } from './command-answers.ts';
import { toFailure } from './failure.ts';
import { InboundQueue } from './inbound-queue.ts';
import type { Scheduler, Worker } from './scheduler.ts';
import type { SessionCommand } from './session-command.ts';
import type { SessionControls } from './session-controls.ts';
import { afterSentence } from './soft-stop.ts';
import { findAvatar } from './turn-providers.ts';
import { guardText } from './turn-reply.ts';
import { selectTurn } from './turn-selector.ts';
import { type TurnWork, createTurnWork } from './turn-work.ts';

/** A session as its commands see it. */
export interface CommandedSession {
  readonly id: SessionId;
  readonly accepts: { readonly video: readonly string[] };
  readonly need: { readonly tags: readonly string[]; readonly conversation: string };
  readonly playout: Playout;
  readonly actor: Actor<typeof sessionMachine>;
  readonly work: Map<TurnId, TurnWork>;
  readonly isFinished: boolean;
  /** The turn that ended last. */
  readonly lastTurnId: TurnId | undefined;
  running(): TurnWork | undefined;
  emit(event: SessionEvent): void;
  requestKeyFrame(): void;
  close(reason: string): Promise<void>;
}

export interface CommandDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly policies: Policies;
  readonly router: Router;
  readonly scheduler: Scheduler;
  readonly log: Log;
  /** Plugins check the text of a turn before it counts. */
  readonly awaitsChecks: boolean;
}

type CommandOf<Type extends SessionCommand['type']> = Extract<SessionCommand, { type: Type }>;

/** Lets the commands of a client take effect on its session, in order, and answers each of them once. */
export class SessionCommands {
  readonly #session: CommandedSession;
  readonly #controls: SessionControls;
  readonly #deps: CommandDeps;
  readonly #answers = new CommandAnswers();
  readonly #inbound: InboundQueue;
  readonly #worker: Worker = { step: () => this.#step() };
  #isStepping = false;
  #turns = 0;

  constructor(session: CommandedSession, controls: SessionControls, deps: CommandDeps) {
    this.#session = session;
    this.#controls = controls;
    this.#deps = deps;
    this.#inbound = new InboundQueue(deps.policies.inboundCommands);
  }

  /**
   * Commands take effect in order, one after the other, also when they are given while one does. They share the
   * thread with those of other sessions; an urgent one, and what came before it, waits for nobody.
   */
  handle(command: SessionCommand): void {
    if (!this.#inbound.offer(command, this.#deps.clock.monotonicMs())) {
      this.#refuse(
        command,
        new TthError('capacity.rate_limited', 'Too many commands wait already; send this one again later.', {
          retryAfterMs: 1_000,
        }),
      );
      return;
    }
    if (this.#isStepping) return;
    if (this.#inbound.hasUrgent) this.#step();
    if (this.#inbound.length > 0) this.#deps.scheduler.ready(this.#worker);
  }

  /** Lets the next command take effect, and all up to the last urgent one. */
  #step(): boolean {
    this.#isStepping = true;
    do {
      const next = this.#inbound.take();
      if (next !== undefined) this.#run(next.command, next.atMs);
    } while (this.#inbound.hasUrgent);
    this.#isStepping = false;
    return this.#inbound.length > 0;
  }

  #run(command: SessionCommand, receivedMs: number): void {
    try {
      this.#dispatch(command, receivedMs);
    } catch (error) {
      this.#refuse(command, error);
      if (!isTthError(error))
        this.#deps.log.error({ sessionId: this.#session.id, error }, 'a command failed');
    }
  }

  #refuse(command: SessionCommand, error: unknown): void {
    const clientMsgId = 'clientMsgId' in command ? command.clientMsgId : undefined;
    this.#session.emit({ type: 'error', error: toFailure(error), clientMsgId });
    if (isTthError(error) && error.code === 'guard.input_rejected') {
      const { id: sessionId } = this.#session;
      this.#deps.log.info({ sessionId, rail: error.details['rail'] }, 'a text was refused');
    }
  }

  #dispatch(command: SessionCommand, receivedMs: number): void {
    const session = this.#session;
    switch (command.type) {
      case 'user_text':
      case 'say':
        this.#startTurn(command, receivedMs);
        return;
      case 'controls':
        this.#changeControls(command);
        return;
      case 'interrupt':
        this.#interrupt(command);
        return;
      case 'credit':
        session.playout.grant(command.audioMs, command.videoMs);
        return;
      case 'playback':
        this.#notePlayback(command);
        return;
      case 'key_frame':
        session.requestKeyFrame();
        return;
      case 'ping':
        session.emit({ type: 'pong', t: command.t });
        return;
      case 'close_session':
        void session.close('closed by the client');
    }
  }

  #changeControls({ clientMsgId, controls }: CommandOf<'controls'>): void {
    if (this.#answered(clientMsgId)) return;
    const outcomes = this.#controls.change(controls, this.#session.actor.getSnapshot().hasTag('busy'));
    this.#accept({ clientMsgId, effect: 'controls' });
    this.#session.emit({ type: 'control_report', outcomes });
  }

  #notePlayback(command: CommandOf<'playback'>): void {
    const { turnId, mediaMs, ended } = command;
    const work = this.#session.running();
    if (work?.start.turnId !== turnId) {
      this.#session.playout.reportPast(command);
      return;
    }
    const playedMs = this.#deps.clock.monotonicMs() - work.startedMs - mediaMs;
    if (mediaMs > 0) work.metrics.mark('firstPlayedMs', Math.max(0, playedMs));
    this.#session.playout.report(mediaMs * 1000, ended, command);
  }

  #startTurn(command: CommandOf<'user_text' | 'say'>, receivedMs: number): void {
    if (this.#answered(command.clientMsgId)) return;
    const { clock, ids, policies, router } = this.#deps;
    const session = this.#session;
    const asked = normalizeControls(command.controls ?? {});
    const wanted = this.#controls.with(asked.patch);
    const guardedAtMs = clock.monotonicMs();
    const persona = this.#controls.personaFor(wanted);
    const text = guardText(command.text, command.type, persona, policies);
    const guardMs = clock.monotonicMs() - guardedAtMs;
    if (session.isFinished) {
      throw new TthError('session.conflict', 'The session is closing; open a new one.');
    }
    this.#controls.checkStrict(wanted, asked.outcomes);
    const choice = this.#selectTurn();
    const waits = choice === 'wait' || choice === 'wait_for_sentence';
    const turnId = ids.turn();
    this.#turns += 1;
    const avatar = findAvatar(router, session.accepts.video, session.need);
    const start: TurnStart = {
      sessionId: session.id,
      turnId,
      turn: this.#turns,
      kind: command.type,
      plan: {
        llm: command.type === 'user_text',
        tts: avatar?.route.adapter.capabilities().input !== 'text',
        avatar: avatar !== undefined,
      },
      interruptible: command.interruptible ?? 'yes',
      deadlineAt: clock.now() + policies.turnBudgetMs,
    };
    const isPassed = command.type === 'say' || !this.#deps.awaitsChecks;
    const work = createTurnWork(start, text, asked, receivedMs, {
      isPassed,
      guardedFor: persona.id,
      accepted: this.#controls.asked,
    });
    work.metrics.mark('guardMs', guardMs);
    session.work.set(turnId, work);
    this.#accept({ clientMsgId: command.clientMsgId, turnId, effect: waits ? 'queued' : 'turn' });
    session.actor.send({ type: command.type, start, waits });
    if (choice === 'wait_for_sentence') this.#stopAfterSentence('replaced');
  }

  /** What a new turn has to do about the running one. Throws where it may not even wait. */
  #selectTurn() {
    const state = this.#session.actor.getSnapshot();
    const { current, next } = state.context;
    const choice = selectTurn({
      policy: this.#deps.policies.onUserText,
      running: state.hasTag('busy') ? (current?.interruptible ?? 'yes') : undefined,
      hasNext: next !== null,
    });
    if (choice !== 'refuse_running' && choice !== 'refuse_waiting') return choice;
    throw new TthError(
      'protocol.turn_running',
      choice === 'refuse_waiting'
        ? 'A turn is running and another one waits; send the text again when one of them has ended.'
        : 'A turn is running; send the text again when it has ended, or interrupt it first.',
    );
  }

  /** Stops the running turn when the sentence that its listener hears is over. */
  #stopAfterSentence(reason: 'interrupt' | 'replaced'): void {
    const { actor, playout } = this.#session;
    const work = this.#session.running();
    // An interrupt stands, whatever comes after it.
    if (work === undefined || work.softStop === 'interrupt') return;
    work.callOffStop();
    work.softStop = reason;
    work.callOffStop = afterSentence(
      {
        clock: this.#deps.clock,
        playheadUs: () => playout.playhead().us,
        endsUs: () => work.sentenceEndsUs,
      },
      () => actor.send({ type: 'interrupt', of: 'current', reason }),
    );
  }

  /** The text for which the running turn was to stop is taken back. */
  #letFinish(): void {
    const work = this.#session.running();
    if (work?.softStop !== 'replaced') return;
    work.callOffStop();
    work.softStop = undefined;
  }

  #interrupt(command: CommandOf<'interrupt'>): void {
    const { clientMsgId, turnId } = command;
    const { actor, lastTurnId } = this.#session;
    const { next } = actor.getSnapshot().context;
    const current = this.#session.running()?.start;
    if (turnId !== undefined && turnId === next?.turnId) {
      this.#accept({ clientMsgId, turnId: next.turnId, effect: 'stopped' });
      actor.send({ type: 'interrupt', of: 'next' });
      this.#letFinish();
      return;
    }
    if (current !== undefined && (turnId ?? current.turnId) === current.turnId) {
      this.#interruptRunning(current, command);
      return;
    }
    const known = turnId !== undefined && turnId === lastTurnId;
    const effect = known ? 'already_stopped' : turnId === undefined ? 'none' : 'stale';
    this.#accept({ clientMsgId, effect });
  }

  #interruptRunning(
    { turnId, interruptible }: TurnStart,
    { clientMsgId, turnId: named }: CommandOf<'interrupt'>,
  ): void {
    const { actor } = this.#session;
    if (interruptible === 'yes') {
      this.#accept({ clientMsgId, turnId, effect: 'stopped' });
      actor.send(named === undefined ? { type: 'interrupt' } : { type: 'interrupt', of: 'current' });
      return;
    }
    const waits = interruptible === 'after_sentence';
    this.#accept({ clientMsgId, turnId, effect: waits ? 'after_sentence' : 'not_interruptible' });
    if (named === undefined) actor.send({ type: 'interrupt', of: 'next' });
    if (waits) this.#stopAfterSentence('interrupt');
  }

  #answered(clientMsgId: string): boolean {
    const answer = this.#answers.to(clientMsgId);
    if (answer !== undefined) this.#session.emit({ ...answer, duplicate: true });
    return answer !== undefined;
  }

  #accept(answer: Omit<SessionEvent & { type: 'accepted' }, 'type'>): void {
    const event = { type: 'accepted' as const, ...answer };
    this.#answers.note(event);
    this.#session.emit(event);
  }
}
